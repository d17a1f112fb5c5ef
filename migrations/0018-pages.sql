-- An entry of the log may be a part of another: an import is one entry, and each company it changed a part of it. The log lists
-- what stands for itself, by this index.
ALTER TABLE audit ADD COLUMN part_of UUID;
CREATE INDEX audit_whole ON audit (org, id) WHERE part_of IS NULL;
CREATE INDEX audit_part ON audit (part_of, id) WHERE part_of IS NOT NULL;
