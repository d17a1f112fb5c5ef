-- Why: a board costs the same for 300 companies and for a million. What a list narrows and sorts by lies in the invitation
-- itself, as the company was when it was invited (a job follows the directory while the campaign runs). Every change of an
-- invitation's state or answers waits in `changes` until it is folded into `tallies`: respondents only append, so they never
-- wait for each other at a counter, and the row that is taken away in the transaction that counts it is counted once.

ALTER TABLE invitations ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN code TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN search TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN kind TEXT NOT NULL DEFAULT 'supplier';
ALTER TABLE invitations ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN tier TEXT NOT NULL DEFAULT '';
-- The criticality, "" where nobody graded it, and its order: A 1, B 2, C 3, none 4.
ALTER TABLE invitations ADD COLUMN criticality TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN grade BIGINT NOT NULL DEFAULT 4;
-- One letter a question of what was submitted, in the checklist's order; "" until then.
ALTER TABLE invitations ADD COLUMN marks TEXT NOT NULL DEFAULT '';
-- How many of them are "no"; -1 until then.
ALTER TABLE invitations ADD COLUMN noes BIGINT NOT NULL DEFAULT -1;

UPDATE invitations SET
    name = c.name, code = COALESCE(c.code, ''), search = c.search, kind = c.kind, country = c.country,
    tier = COALESCE(CAST(c.tier AS TEXT), ''), criticality = COALESCE(c.criticality, ''),
    grade = CASE c.criticality WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 ELSE 4 END
FROM companies c WHERE c.id = invitations.company;

DROP INDEX invitations_state;
-- A list by name, narrowed by anything, is read from this index alone until a row is shown.
CREATE INDEX invitations_list ON invitations (campaign, name, id, state, asks_check, kind, country, tier, criticality, search, marks);
-- Whom to phone: those from whom something is awaited. The statement has the same condition, word for word.
CREATE INDEX invitations_phone ON invitations (campaign, state, grade, name, id)
    WHERE asks_check OR state NOT IN ('acknowledged', 'started');
CREATE INDEX invitations_marks ON invitations (campaign, noes DESC, name, id, marks);
DROP INDEX events_campaign;
-- What people did and what came back, not what was queued and sent. The statement has the same condition, word for word.
CREATE INDEX events_latest ON events (campaign, id)
    WHERE kind IN ('bounced', 'no-address', 'acknowledged', 'started', 'submitted', 'submitted-late', 'reopened',
                   'recorded-by-phone', 'recorded-on-paper', 'declined', 'noted');

-- Companies that were changed and whose copies in invitations have not followed yet.
CREATE TABLE changed_companies (
    company UUID PRIMARY KEY REFERENCES companies (id) ON DELETE CASCADE,
    org UUID NOT NULL REFERENCES organisations (id)
);

-- A campaign's board: `version` is one more with every fold, so that a page knows when to look again.
CREATE TABLE boards (
    campaign UUID PRIMARY KEY REFERENCES campaigns (id),
    org UUID NOT NULL REFERENCES organisations (id),
    version BIGINT NOT NULL DEFAULT 0
);

-- What happened and isn't counted yet. A segment is kind/country/tier/criticality/what is asked, as it was then.
CREATE TABLE changes (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    at BIGINT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    from_segment TEXT NOT NULL,
    to_segment TEXT NOT NULL,
    from_marks TEXT NOT NULL,
    to_marks TEXT NOT NULL
);
CREATE INDEX changes_campaign ON changes (campaign, id);

-- How many: by state for all and for each kind, country, tier, criticality and for what is asked; by letter for each
-- question; by hour of first reading and answering.
CREATE TABLE tallies (
    campaign UUID NOT NULL REFERENCES campaigns (id),
    org UUID NOT NULL REFERENCES organisations (id),
    part TEXT NOT NULL,
    key TEXT NOT NULL,
    word TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (campaign, part, key, word)
);
