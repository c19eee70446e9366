-- Who holds the claim on a registration. Only they may let go of it and note what came of it: one that
-- was slow does not touch what another has taken over.

ALTER TABLE admission ADD COLUMN claimed_by uuid;

-- How often the client's bytes were sent, or may have been: noted before they are. What is there was
-- written by a version that did not count.
ALTER TABLE admission ADD COLUMN attempts integer NOT NULL DEFAULT 0;
UPDATE admission SET attempts = 1;
