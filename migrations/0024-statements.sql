-- Why: who reads answers, how long they are kept, who signs and what the law wants people abroad to be told is the operator's
-- own to say, once for all campaigns; a campaign keeps what was said when it was sent.

-- What the organisation says of itself in every letter, by language, as JSON. `revision`: one more with every change.
CREATE TABLE statements (
    org UUID PRIMARY KEY REFERENCES organisations (id),
    words TEXT NOT NULL,
    revision BIGINT NOT NULL
);
