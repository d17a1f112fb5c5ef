-- Why: an alert is seldom told once. A campaign may follow an earlier one, and then knows what was told and answered there;
-- and a notice for employees travels with a campaign, so that each company tells how many people it has reached. Reports are
-- only appended; what a board adds up goes the way of all changes, from `changes` into `tallies`.

-- The campaign that this one follows, and the first one of all that follow each other: what belongs together is one step away.
ALTER TABLE campaigns ADD COLUMN follows UUID REFERENCES campaigns (id);
ALTER TABLE campaigns ADD COLUMN thread UUID REFERENCES campaigns (id);
CREATE INDEX campaigns_follows ON campaigns (follows) WHERE follows IS NOT NULL;
CREATE INDEX campaigns_thread ON campaigns (thread) WHERE thread IS NOT NULL;

-- What a company reported last. `ways` is each way between commas, such as `,meeting,posted,`, so that one is found.
CREATE TABLE awareness (
    invitation UUID PRIMARY KEY REFERENCES invitations (id),
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    -- One more with every report: two people who report at once are told so.
    revision BIGINT NOT NULL,
    people BIGINT NOT NULL,
    ways TEXT NOT NULL,
    -- The day on which it was passed on, such as 2026-11-27.
    day TEXT NOT NULL,
    remark TEXT NOT NULL,
    reported_at BIGINT NOT NULL,
    reported_by TEXT NOT NULL
);
CREATE INDEX awareness_list ON awareness (campaign, reported_at, invitation, ways);

-- Every report as it was made, the corrections too.
CREATE TABLE awareness_events (
    invitation UUID NOT NULL REFERENCES invitations (id),
    revision BIGINT NOT NULL,
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    people BIGINT NOT NULL,
    ways TEXT NOT NULL,
    day TEXT NOT NULL,
    remark TEXT NOT NULL,
    reported_at BIGINT NOT NULL,
    reported_by TEXT NOT NULL,
    PRIMARY KEY (invitation, revision)
);

-- What a company had reported before a change and after it, as `people/ways`; "" for nothing.
ALTER TABLE changes ADD COLUMN from_reach TEXT NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN to_reach TEXT NOT NULL DEFAULT '';
