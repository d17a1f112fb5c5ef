-- What was submitted in place of answers: a document of the company's own, and where it is to be had. How far a submission
-- goes follows from this, the answers and the checklist, and isn't kept a second time.
ALTER TABLE responses ADD COLUMN submitted_document TEXT NOT NULL DEFAULT '';

-- Who acknowledged, beside the name, and what they had to say.
ALTER TABLE invitations ADD COLUMN acknowledged_position TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN acknowledged_remark TEXT NOT NULL DEFAULT '';
