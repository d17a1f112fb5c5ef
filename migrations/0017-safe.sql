-- Why: a link must not be able to fill the disk. Who types has their answers saved every second; kept as a row of its own each
-- time, with what was there before and after, sixty saves of a long answer were 45 MB. So what a person does in one sitting is
-- told to the audit log once, when the sitting has ended. Until then what it began with lies here, as JSON, beside what the
-- company's link has written today.
ALTER TABLE responses ADD COLUMN desk TEXT NOT NULL DEFAULT '';
