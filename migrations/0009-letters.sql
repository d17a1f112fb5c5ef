-- Why: companies without a mail address get their letters on paper, by the same ledger. The sender of mail takes only what
-- goes by mail; a letter on paper waits until an operator says that it was posted.
ALTER TABLE deliveries ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail';
CREATE INDEX deliveries_paper ON deliveries (campaign, id) WHERE channel = 'paper';

-- What was made to be sent, exactly as it is: `sha256` names the file. `kind` is letter (one company's) or print (many
-- letters in one file, to be printed in one go); `print` is the file that holds a letter.
CREATE TABLE documents (
    id UUID PRIMARY KEY,
    org UUID NOT NULL REFERENCES organisations (id),
    campaign UUID NOT NULL REFERENCES campaigns (id),
    kind TEXT NOT NULL,
    invitation UUID REFERENCES invitations (id),
    delivery UUID REFERENCES deliveries (id),
    print UUID REFERENCES documents (id),
    language TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    letters BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX documents_delivery ON documents (delivery);
CREATE INDEX documents_invitation ON documents (invitation, id);
CREATE INDEX documents_campaign ON documents (campaign, kind, id);
CREATE INDEX documents_print ON documents (print, id);

-- Why a campaign's letters couldn't be made when it was tried last; gone when they were.
CREATE TABLE letter_failures (
    campaign UUID PRIMARY KEY REFERENCES campaigns (id),
    org UUID NOT NULL REFERENCES organisations (id),
    failure TEXT NOT NULL,
    at BIGINT NOT NULL
);
