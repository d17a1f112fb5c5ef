-- Why: the ground that every capability stands on. Each table carries its organisation, so that a second organisation
-- is a row and not a migration. Times are microseconds since 1970, UTC. Keys are UUIDv7 made by the program, so that
-- newer rows lie together in every index. One text for SQLite and PostgreSQL.

CREATE TABLE organisations (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    -- Tells a server with another secret, whose links would be dead, from one with the same.
    secret_mark TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- People who sign in. `totp_seed` with the server's secret makes the key of the authenticator app: a copy of the database
-- alone makes no codes. `totp_step` is the last time step whose code was used: a code works once.
CREATE TABLE accounts (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    mail TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_seed BYTEA NOT NULL,
    totp_step BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_mail ON accounts (mail);

CREATE TABLE recovery_codes (
    account UUID NOT NULL REFERENCES accounts (id),
    org UUID NOT NULL REFERENCES organisations (id),
    hash BYTEA NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account, hash)
);

-- Only the hash of a session's token is kept.
CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    account UUID NOT NULL REFERENCES accounts (id),
    token_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_account ON sessions (account, created_at);

-- The one-time link of the first start. The seed lies here, so that the key shown stays the same when the page is reloaded.
CREATE TABLE setup_links (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    token_hash BYTEA NOT NULL UNIQUE,
    totp_seed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Counts of failed or costly tries by key (an account, an address) in a window; shared by all servers.
CREATE TABLE throttles (
    key TEXT PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    tries BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- Who did what: append-only. `actor_kind` is person, visitor, link, job or command; `before` and `after` are JSON. `words`
-- is actor, subject and address as a search compares them.
CREATE TABLE audit (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject UUID,
    subject_name TEXT NOT NULL,
    before TEXT,
    after TEXT,
    address TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX audit_org ON audit (org, id);
CREATE INDEX audit_subject ON audit (subject, id);
CREATE INDEX audit_action ON audit (org, action, id);
CREATE INDEX audit_kind ON audit (org, subject_kind, id);

-- Work to do, committed with what causes it. Leased for a time, at least once; `name` makes a job unique while it waits.
CREATE TABLE jobs (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    -- How often it was asked for: one that is asked for again while it runs is not done when it ends.
    asked BIGINT NOT NULL DEFAULT 1,
    leased_until BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    failed_at BIGINT,
    error TEXT
);
CREATE UNIQUE INDEX jobs_name ON jobs (name);
CREATE INDEX jobs_due ON jobs (run_at) WHERE failed_at IS NULL;
