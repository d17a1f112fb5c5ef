-- Why: every message is accounted for, whatever crashes. Who sends is a row that is renewed while it lives; what it has taken
-- on is leased to it; and before a mail is handed to the relay, a row says on which line it is in flight. A server that dies
-- leaves exactly those in flight unknown (RFC 1047), and everything else is sent by another. A message need not belong to a
-- campaign, and what somebody waits for goes before what merely has to arrive today.

CREATE TABLE messages (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID REFERENCES campaigns (id),
    invitation UUID REFERENCES invitations (id),
    contact UUID REFERENCES contacts (id),
    kind TEXT NOT NULL,
    -- Which one of its kind: the revision that a receipt confirms, the step of a reminder. With the index below nobody gets
    -- the same twice.
    occasion BIGINT NOT NULL DEFAULT 0,
    language TEXT NOT NULL,
    address TEXT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL,
    -- 0: somebody waits for it. 1: other mails. 2: not a mail.
    rank BIGINT NOT NULL DEFAULT 1,
    due_at BIGINT NOT NULL,
    -- When it is tried next; `due_at` stays.
    next_at BIGINT NOT NULL,
    sender UUID,
    attempts BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    -- What the relay said last.
    reply TEXT NOT NULL DEFAULT ''
);
INSERT INTO messages (id, org, campaign, invitation, contact, kind, occasion, language, address, recipient, state, rank,
        due_at, next_at, attempts, created_at, sent_at, reply)
    SELECT id, org, campaign, invitation, contact, kind, occasion, language, address, recipient, state,
        CASE kind WHEN 'receipt' THEN 0 ELSE 1 END, due_at, due_at, attempts, created_at, sent_at, error FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE messages RENAME TO deliveries;
CREATE UNIQUE INDEX deliveries_once ON deliveries (invitation, kind, address, occasion);
-- States that change often are in no index but these; the statements have the same conditions, word for word.
CREATE INDEX deliveries_due ON deliveries (org, rank, campaign, next_at) WHERE state IN ('queued', 'deferred');
CREATE INDEX deliveries_leased ON deliveries (sender) WHERE state = 'leased';
CREATE INDEX deliveries_ended ON deliveries (org, state, id)
    WHERE state IN ('delivered', 'bounced', 'failed', 'ambiguous', 'cancelled');
CREATE INDEX deliveries_campaign ON deliveries (campaign, id);
CREATE INDEX deliveries_contact ON deliveries (contact);

-- What became of each try; never changed.
CREATE TABLE delivery_events (
    id UUID NOT NULL,
    org UUID NOT NULL REFERENCES organisations (id),
    delivery UUID NOT NULL REFERENCES deliveries (id),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (delivery, id)
);

-- Who sends: one row for each server, while it lives.
CREATE TABLE senders (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    alive_until BIGINT NOT NULL
);
-- The mail that each of its lines to the relay is handing over.
CREATE TABLE flights (
    sender UUID NOT NULL REFERENCES senders (id),
    line BIGINT NOT NULL,
    org UUID NOT NULL REFERENCES organisations (id),
    delivery UUID NOT NULL REFERENCES deliveries (id),
    PRIMARY KEY (sender, line)
);

-- Whether a campaign's mails go out: on, paused, or cancelled.
ALTER TABLE campaigns ADD COLUMN mailing TEXT NOT NULL DEFAULT 'on';
DELETE FROM jobs WHERE kind = 'SendMail';
