-- Why: trouble that an operator should know of is shown on every operator's page until it is over. `name` makes the same
-- trouble raised twice one row; `message` is the key of the sentence in the reader's language.

CREATE TABLE alerts (
    org UUID NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    message TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL DEFAULT '',
    href TEXT NOT NULL DEFAULT '',
    action TEXT NOT NULL DEFAULT '',
    button TEXT NOT NULL DEFAULT '',
    since BIGINT NOT NULL,
    PRIMARY KEY (org, name)
);
