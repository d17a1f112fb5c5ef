-- Why: 0013 freed contacts who were marked although their address wasn't at fault. Their mails say so now as well: a mail that counts
-- as bounced keeps reminders from its contact.

UPDATE deliveries SET state = 'failed', cause = (SELECT MAX(m.class) FROM inbox m
        WHERE m.delivery = deliveries.id AND m.class IN ('us', 'mailbox', 'their-server'))
WHERE state = 'bounced' AND cause = ''
    AND EXISTS (SELECT 1 FROM inbox m WHERE m.delivery = deliveries.id AND m.class IN ('us', 'mailbox', 'their-server'))
    AND NOT EXISTS (SELECT 1 FROM inbox m WHERE m.delivery = deliveries.id AND m.class IN ('address', 'unclear'));
