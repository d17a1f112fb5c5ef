-- Why: a campaign that runs is put right while it runs. Its deadline may move, so each row of reminders says which deadline its
-- days were reckoned from, and one that says another is reckoned anew. What a company said on the phone is kept for every
-- campaign, also for one that reminds nobody.

ALTER TABLE reminders ADD COLUMN deadline BIGINT;
UPDATE reminders SET deadline = (SELECT c.deadline FROM campaigns c WHERE c.id = reminders.campaign);
-- FALSE: the row only keeps what was said; nobody is reminded.
ALTER TABLE reminders ADD COLUMN planned BOOLEAN NOT NULL DEFAULT TRUE;
-- Who promised an answer: few rows, so that a phone list leaves them out at no cost.
CREATE INDEX reminders_hold ON reminders (campaign, hold_until) WHERE hold_until IS NOT NULL;

-- When all who hadn't opened the request were last sent it again.
ALTER TABLE campaigns ADD COLUMN resent_at BIGINT;

-- As before, with the decline that was taken back. The statement has the same condition, word for word.
DROP INDEX events_latest;
CREATE INDEX events_latest ON events (campaign, id)
    WHERE kind IN ('bounced', 'no-address', 'acknowledged', 'started', 'submitted', 'submitted-late', 'reopened',
                   'recorded-by-phone', 'recorded-on-paper', 'declined', 'undeclined', 'noted');
