-- Why: a mail that came back is told apart by whose it is, no longer by hard and soft. What was written down before keeps
-- its code, and is read again by it: the code alone, because the message itself isn't kept. A vague code (5.0.0) counts
-- as a wrong address only where the words say so. What they don't say is unclear.

UPDATE inbox SET class = CASE
    WHEN status IN ('5.1.7', '5.1.8', '5.2.3', '5.3.4') OR status LIKE '_.5.%' OR status LIKE '_.6.%' OR status LIKE '_.7.%'
        THEN 'us'
    WHEN status LIKE '5.1.%' OR status = '5.4.4' THEN 'address'
    WHEN status LIKE '_.2.%' THEN 'mailbox'
    WHEN status LIKE '_.3.%' OR status LIKE '_.4.%' OR status LIKE '4.%' THEN 'their-server'
    WHEN class = 'soft-bounce' THEN 'their-server'
    WHEN LOWER(diagnostic) LIKE '%user unknown%' OR LOWER(diagnostic) LIKE '%unknown user%'
        OR LOWER(diagnostic) LIKE '%no such user%' OR LOWER(diagnostic) LIKE '%invalid recipient%' THEN 'address'
    ELSE 'unclear'
END
WHERE class IN ('hard-bounce', 'soft-bounce');

-- Contacts that were marked for what was never their address's fault are good again. Where it is unclear the mark stays.
UPDATE contacts SET undeliverable_since = NULL, undeliverable_why = NULL
WHERE undeliverable_since IS NOT NULL
    AND EXISTS (SELECT 1 FROM deliveries d JOIN inbox m ON m.delivery = d.id
                WHERE d.contact = contacts.id AND m.class IN ('us', 'mailbox', 'their-server'))
    AND NOT EXISTS (SELECT 1 FROM deliveries d JOIN inbox m ON m.delivery = d.id
                    WHERE d.contact = contacts.id AND m.class IN ('address', 'unclear'));

-- Somebody complained of a mail to this contact: nothing is mailed there until a person has looked.
ALTER TABLE contacts ADD COLUMN paused_since BIGINT;
ALTER TABLE contacts ADD COLUMN paused_why TEXT;
