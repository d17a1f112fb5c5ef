-- Why: refusals that cluster pause a campaign's mails, and somebody goes on. Refusals from before that say nothing of what comes
-- after, so the moment is kept, and so is what the campaign was paused for ('' where it wasn't): that decides what is sent again.

ALTER TABLE campaigns ADD COLUMN went_on_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN refused_for TEXT NOT NULL DEFAULT '';
