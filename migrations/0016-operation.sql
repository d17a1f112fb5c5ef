-- Why: nothing that fails is left for dead. A job that fails is tried for ever, ever more rarely; since when it fails is what
-- an operator is told. `broken` counts the servers that ended in the middle of it: one that ends each server is run rarely.
-- What had been given up before comes back.

DROP INDEX jobs_due;
ALTER TABLE jobs ADD COLUMN failing_since BIGINT;
ALTER TABLE jobs ADD COLUMN broken BIGINT NOT NULL DEFAULT 0;
UPDATE jobs SET failing_since = failed_at, attempts = 0, leased_until = 0, run_at = failed_at WHERE failed_at IS NOT NULL;
ALTER TABLE jobs DROP COLUMN failed_at;
CREATE INDEX jobs_due ON jobs (run_at);
CREATE INDEX jobs_failing ON jobs (org, kind, failing_since) WHERE failing_since IS NOT NULL;

-- One row, written by whoever wants to know whether a write becomes durable.
CREATE TABLE probes (
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
