-- Why: who doesn't answer is reminded by a plan that climbs from the primary contact to the buyer who knows the company. One
-- row an invitation says how far the plan has come and when something is due next, so that a job reads only what is due, by
-- an index, however many companies there are; whoever has answered is read once more and then never again.

-- People of the own company who know suppliers and phone them.
CREATE TABLE buyers (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    department TEXT NOT NULL DEFAULT '',
    mail TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX buyers_mail ON buyers (org, mail);
CREATE INDEX buyers_name ON buyers (org, name, id);
ALTER TABLE companies ADD COLUMN buyer UUID REFERENCES buyers (id);
CREATE INDEX companies_buyer ON companies (buyer, id) WHERE buyer IS NOT NULL;

-- The operator's own days off, as typed: one a line. One more with every change, as a draft has it.
CREATE TABLE calendars (
    org UUID PRIMARY KEY REFERENCES organisations (id),
    days TEXT NOT NULL,
    revision BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE reminders (
    invitation UUID PRIMARY KEY REFERENCES invitations (id),
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    invited_at BIGINT NOT NULL,
    -- The number of the last step that is behind it, and how many mails went out.
    number BIGINT NOT NULL DEFAULT 0,
    sent BIGINT NOT NULL DEFAULT 0,
    last_at BIGINT,
    -- When to look again; NULL: the plan is at its end, or nothing is awaited any more.
    due_at BIGINT,
    -- From when on its buyer has it on the list; NULL: never.
    buyer_at BIGINT,
    -- What its buyer was told last, and until when nobody asks again.
    said TEXT NOT NULL DEFAULT '',
    said_at BIGINT,
    said_by TEXT NOT NULL DEFAULT '',
    hold_until BIGINT
);
CREATE INDEX reminders_due ON reminders (campaign, due_at, invitation) WHERE due_at IS NOT NULL;

-- How many reminders went out by step, day and to whom: what the page shows beside the plan.
CREATE TABLE reminder_tallies (
    campaign UUID NOT NULL REFERENCES campaigns (id),
    org UUID NOT NULL REFERENCES organisations (id),
    number BIGINT NOT NULL,
    day TEXT NOT NULL,
    recipient TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (campaign, number, day, recipient)
);

-- A buyer's mail of one day, and the link in it: only the hash of its token.
CREATE TABLE digests (
    buyer UUID NOT NULL REFERENCES buyers (id),
    org UUID NOT NULL REFERENCES organisations (id),
    day TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (buyer, day)
);
CREATE UNIQUE INDEX digests_token ON digests (token_hash);

-- What a mail can't know from its invitation: all that a buyer's says, as JSON; how many days a reminder counts.
ALTER TABLE deliveries ADD COLUMN body TEXT NOT NULL DEFAULT '';
