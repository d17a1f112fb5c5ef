-- Why: the link is the right to answer, and mail is forwarded. Whoever hands a request to a colleague gives them a link of
-- their own, for all of it or for some sections, and it can be taken back. What was submitted is a list of weak spots: a
-- device that hasn't seen it before shows first that whoever holds it reads the company's mail. And whoever was written to
-- by mistake says so, and who is right.

CREATE TABLE shares (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    invitation UUID NOT NULL REFERENCES invitations (id),
    -- From 1 in each invitation.
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    language TEXT NOT NULL,
    -- Ids of the checklist's sections, as JSON; none: all of it.
    sections TEXT NOT NULL,
    made_by TEXT NOT NULL,
    salt BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE UNIQUE INDEX shares_token ON shares (token_hash);
CREATE UNIQUE INDEX shares_number ON shares (invitation, number);

-- The digits are made from `id` and the server's secret: the database doesn't hold them.
CREATE TABLE device_codes (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    invitation UUID NOT NULL REFERENCES invitations (id),
    -- Of the colleague's link that it is for; 0: the company's own.
    share BIGINT NOT NULL DEFAULT 0,
    -- To whom it was sent; "" where an operator read it out.
    address TEXT NOT NULL,
    until BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    used_at BIGINT
);
CREATE INDEX device_codes_invitation ON device_codes (invitation, share, id);

CREATE TABLE misdirected (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    invitation UUID NOT NULL REFERENCES invitations (id),
    told_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- Who is right, as far as they knew.
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    remark TEXT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT
);
CREATE INDEX misdirected_waiting ON misdirected (org, id) WHERE settled_at IS NULL;
CREATE INDEX misdirected_invitation ON misdirected (invitation, id);
