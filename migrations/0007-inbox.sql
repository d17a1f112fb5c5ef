-- Why: mail comes back. Each message of the mailbox is written down once with what was made of it; where reading goes on is
-- remembered in the same transaction. A contact whose mail came back for good says so until the address is changed.

ALTER TABLE contacts ADD COLUMN undeliverable_since BIGINT;
ALTER TABLE contacts ADD COLUMN undeliverable_why TEXT;

CREATE TABLE inbox (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    -- Where it lies: folder, UIDVALIDITY and UID, or the file's name.
    source TEXT NOT NULL,
    -- SHA-256 of what was read: when a server numbers its mailbox anew, nothing is taken twice.
    digest BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    from_address TEXT NOT NULL,
    subject TEXT NOT NULL,
    class TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT '',
    -- What the other server said, or why it wasn't read.
    diagnostic TEXT NOT NULL DEFAULT '',
    excerpt TEXT NOT NULL DEFAULT '',
    delivery UUID REFERENCES deliveries (id),
    campaign UUID REFERENCES campaigns (id),
    invitation UUID REFERENCES invitations (id),
    company UUID REFERENCES companies (id),
    -- A person has to look at it, and nobody has said that it is done.
    waits BOOLEAN NOT NULL,
    handled_at BIGINT,
    handled_by TEXT,
    -- The message itself, until it was passed on.
    original BYTEA,
    forwarded_at BIGINT
);
CREATE UNIQUE INDEX inbox_source ON inbox (org, source);
CREATE UNIQUE INDEX inbox_digest ON inbox (org, digest);
CREATE INDEX inbox_list ON inbox (org, id);
CREATE INDEX inbox_class ON inbox (org, class, id);
CREATE INDEX inbox_waits ON inbox (org, id) WHERE waits;
CREATE INDEX inbox_company ON inbox (company, id);
CREATE INDEX inbox_invitation ON inbox (invitation, id);
CREATE INDEX inbox_delivery ON inbox (delivery);

-- How far each mailbox has been read; `error` since when it can't be.
CREATE TABLE inbox_places (
    org UUID NOT NULL REFERENCES organisations (id),
    mailbox TEXT NOT NULL,
    validity BIGINT NOT NULL DEFAULT 0,
    next BIGINT NOT NULL DEFAULT 0,
    read_at BIGINT,
    failing_since BIGINT,
    error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (org, mailbox)
);
