-- Why: the main job. A campaign asks companies; each company has one invitation; what happens to it is an append-only
-- list of events, of which `state` is the fold; its answers are one JSON document with a revision, every change kept.

CREATE TABLE campaigns (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    number TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The plan as JSON: content ids, audience, sender and inquiries by language, zone.
    plan TEXT NOT NULL,
    -- One more with every change: two people who change a draft at once are told so.
    revision BIGINT NOT NULL DEFAULT 0,
    deadline BIGINT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    closed_at BIGINT
);
CREATE UNIQUE INDEX campaigns_number ON campaigns (org, number);
CREATE INDEX campaigns_created ON campaigns (org, created_at);

-- What was asked, as it was when the campaign was sent: advisory, checklist and letter in every language.
CREATE TABLE snapshots (
    campaign UUID PRIMARY KEY REFERENCES campaigns (id),
    org UUID NOT NULL REFERENCES organisations (id),
    content TEXT NOT NULL
);

-- The link and the code can be made again from `salt` and the server's secret; of themselves only hashes are kept.
CREATE TABLE invitations (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    company UUID NOT NULL REFERENCES companies (id),
    salt BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    code_hash BYTEA NOT NULL,
    asks_check BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    mails BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT
);
CREATE UNIQUE INDEX invitations_token ON invitations (token_hash);
CREATE UNIQUE INDEX invitations_code ON invitations (code_hash);
CREATE UNIQUE INDEX invitations_company ON invitations (campaign, company);
CREATE INDEX invitations_state ON invitations (campaign, state);
CREATE INDEX invitations_of_company ON invitations (company, campaign);

CREATE TABLE events (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    invitation UUID NOT NULL REFERENCES invitations (id),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX events_campaign ON events (campaign);
CREATE INDEX events_invitation ON events (invitation, id);

CREATE TABLE responses (
    invitation UUID PRIMARY KEY REFERENCES invitations (id),
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    revision BIGINT NOT NULL,
    answers TEXT NOT NULL,
    division TEXT NOT NULL DEFAULT '',
    respondent TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    started_at BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    submitted_at BIGINT,
    submitted_revision BIGINT,
    -- The answers as submitted: they stand while somebody changes them, until they are submitted again.
    submitted_answers TEXT,
    submitted_about TEXT,
    receipt TEXT,
    late BOOLEAN NOT NULL DEFAULT FALSE,
    channel TEXT NOT NULL DEFAULT 'link',
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX responses_campaign ON responses (campaign);
CREATE UNIQUE INDEX responses_receipt ON responses (receipt);

-- Every change to an answer: what each question held before and after, by revision.
CREATE TABLE revisions (
    invitation UUID NOT NULL REFERENCES invitations (id),
    revision BIGINT NOT NULL,
    org UUID NOT NULL REFERENCES organisations (id),
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    changes TEXT NOT NULL,
    PRIMARY KEY (invitation, revision)
);

-- The ledger of every message. `id` makes the Message-ID, so a mail sent again is the same mail.
CREATE TABLE deliveries (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    invitation UUID REFERENCES invitations (id),
    contact UUID REFERENCES contacts (id),
    kind TEXT NOT NULL,
    -- Which one of its kind: the revision that a receipt confirms. With the index below nobody gets the same twice.
    occasion BIGINT NOT NULL DEFAULT 0,
    language TEXT NOT NULL,
    address TEXT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    error TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (invitation, kind, address, occasion);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'queued';
CREATE INDEX deliveries_campaign ON deliveries (campaign, id);
CREATE INDEX deliveries_state ON deliveries (campaign, state);
CREATE INDEX deliveries_contact ON deliveries (contact);
