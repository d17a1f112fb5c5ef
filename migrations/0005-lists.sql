-- Why: the list of 100,000 companies answers in milliseconds. By name it is read from one index, whatever it is narrowed to;
-- by code and by criticality in the order of an index; which countries and tiers occur is a step for each, not a scan.

DROP INDEX companies_name;
CREATE INDEX companies_list ON companies (org, name, id, kind, country, tier, criticality, search);
CREATE INDEX companies_by_code ON companies (org, (CASE WHEN code IS NULL THEN '1' ELSE '0' || code END), name, id);
CREATE INDEX companies_by_criticality ON companies (org, (COALESCE(criticality, 'Z')), name, id);
-- With the kind, so that how many there are of each is counted in the smallest of these indexes.
CREATE INDEX companies_country ON companies (org, country, kind);
CREATE INDEX companies_tier ON companies (org, tier);
