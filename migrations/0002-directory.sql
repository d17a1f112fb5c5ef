-- Why: the companies of the chain and the people to reach there. `name_key` is the normalised name by which a company
-- without a code is known again; `search` is name, kana and code folded so that ㈱ and 株式会社, full and half width find
-- each other. Both are made by the program.

CREATE TABLE companies (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL,
    code TEXT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    kana TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL,
    country TEXT NOT NULL DEFAULT '',
    tier BIGINT,
    criticality TEXT,
    items TEXT NOT NULL DEFAULT '',
    parent UUID REFERENCES companies (id),
    small BOOLEAN,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX companies_code ON companies (org, code);
CREATE INDEX companies_name_key ON companies (org, name_key);
CREATE INDEX companies_name ON companies (org, name, id);
CREATE INDEX companies_parent ON companies (parent);

CREATE TABLE contacts (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    company UUID NOT NULL REFERENCES companies (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    department TEXT NOT NULL DEFAULT '',
    mail TEXT,
    phone TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contacts_mail ON contacts (company, mail);
CREATE INDEX contacts_company ON contacts (company, position);

-- An uploaded list between preview and result: the file itself, the mapping chosen by hand, the result as JSON.
CREATE TABLE imports (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    file_name TEXT NOT NULL,
    file BYTEA NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL,
    result TEXT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX imports_org ON imports (org, created_at);
