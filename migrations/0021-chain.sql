-- Why: an import of any size holds up nobody and is seen whole or not at all. It puts new companies in with a generation that isn't
-- shown yet, in short transactions; one row, `stagings.shown`, then shows all of them. What becomes of companies that were there
-- before lies in `staged` until that moment and is done after it.
ALTER TABLE companies ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;

-- One row for each organisation, made by its first import. `worker`: which run of an import is at work, until `until` unless it says
-- so again. `decided`: what it brings is shown, and is done to the end whatever happens. `about`: JSON, whose import it is.
CREATE TABLE stagings (
    org UUID PRIMARY KEY REFERENCES organisations (id),
    shown BIGINT NOT NULL DEFAULT 0,
    worker UUID,
    decided BOOLEAN NOT NULL DEFAULT FALSE,
    until BIGINT NOT NULL DEFAULT 0,
    about TEXT NOT NULL DEFAULT ''
);
-- `work`: JSON, a company as it was and as it will be, with its contacts.
CREATE TABLE staged (
    org UUID NOT NULL REFERENCES organisations (id),
    position BIGINT NOT NULL,
    company UUID NOT NULL,
    work TEXT NOT NULL,
    PRIMARY KEY (org, position)
);

-- The National Tax Agency's number of a legal person, thirteen digits; where letters go by post.
ALTER TABLE companies ADD COLUMN corporate_number TEXT;
ALTER TABLE companies ADD COLUMN postal_code TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN address TEXT NOT NULL DEFAULT '';

-- Where a company stands among others: a key of the Japanese collation over its kana, else its name, in base32hex, which both
-- engines sort as the bytes it stands for. The program makes it; what was there before gets it when a server starts.
ALTER TABLE companies ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
DROP INDEX companies_list;
CREATE INDEX companies_list ON companies (org, sort_key, id, kind, country, tier, criticality, generation, search);
DROP INDEX companies_by_code;
CREATE INDEX companies_by_code ON companies (org, (CASE WHEN code IS NULL THEN '1' ELSE '0' || code END), sort_key, id);
DROP INDEX companies_by_criticality;
CREATE INDEX companies_by_criticality ON companies (org, (COALESCE(criticality, 'Z')), sort_key, id);
DROP INDEX companies_country;
CREATE INDEX companies_country ON companies (org, country, kind, generation);
DROP INDEX companies_tier;
CREATE INDEX companies_tier ON companies (org, tier, generation);

-- The collation whose keys the rows hold: where the program has another one, it makes them anew.
ALTER TABLE organisations ADD COLUMN sorted_by TEXT NOT NULL DEFAULT '';

ALTER TABLE invitations ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
DROP INDEX invitations_list;
CREATE INDEX invitations_list
    ON invitations (campaign, sort_key, id, name, state, asks_check, kind, country, tier, criticality, search, marks);
DROP INDEX invitations_phone;
CREATE INDEX invitations_phone ON invitations (campaign, state, grade, sort_key, id)
    WHERE asks_check OR state NOT IN ('acknowledged', 'started');
DROP INDEX invitations_marks;
CREATE INDEX invitations_marks ON invitations (campaign, noes DESC, sort_key, id, marks);
