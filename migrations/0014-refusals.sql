-- Why: what a refusal means decides what follows from it, so it is kept: whose it is (`cause`, a word of `src/refusal`; '' where
-- nobody refused anything). Both indexes hold refused mails alone, which are few.

ALTER TABLE deliveries ADD COLUMN cause TEXT NOT NULL DEFAULT '';
CREATE INDEX deliveries_cause ON deliveries (org, cause, id) WHERE cause <> '';
CREATE INDEX deliveries_refused ON deliveries (campaign, cause, id) WHERE cause <> '';

-- Since when the relay takes nothing from us; no row while it does.
CREATE TABLE relay_troubles (
    org UUID PRIMARY KEY REFERENCES organisations (id),
    since BIGINT NOT NULL
);

-- The outbox is searched and narrowed: by an address as it was when the mail went, and by the kinds of which there are few.
CREATE INDEX deliveries_address ON deliveries (org, address, id);
CREATE INDEX deliveries_rare ON deliveries (org, kind, id) WHERE kind NOT IN ('invitation', 'reminder', 'receipt');
