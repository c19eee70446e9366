-- Programs, private inputs and proofs. Nothing in these tables is plain but sizes, digests and names.

CREATE TABLE artifact (
  id UUID PRIMARY KEY,
  kind TEXT NOT NULL,
  owner BYTEA NOT NULL CHECK (length(owner) = 20),
  created_at TIMESTAMPTZ NOT NULL,

  -- The upload that counts: set in one step when it is complete, so that a repeated or broken-off
  -- upload is never seen half. Of the plain bytes: size and sha256. The data key, encrypted under
  -- the cluster key, stands here and nowhere else.
  attempt BIGINT,
  size BIGINT,
  sha256 BYTEA,
  wrapped_key BYTEA,
  completed_at TIMESTAMPTZ,

  -- The request, or the program's vk hash, that uses it.
  claimed_by TEXT,
  claimed_at TIMESTAMPTZ,

  -- From then on this row only tells that there was an artifact.
  erased_at TIMESTAMPTZ,

  CHECK (attempt IS NULL OR (size IS NOT NULL AND sha256 IS NOT NULL AND wrapped_key IS NOT NULL)),
  CHECK (erased_at IS NULL OR (attempt IS NULL AND sha256 IS NULL AND wrapped_key IS NULL))
);

-- A wrapped key that was destroyed lies in a dead row until the row's page is vacuumed: soon.
ALTER TABLE artifact SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20);

CREATE INDEX artifact_open_idx ON artifact (owner, created_at)
  WHERE claimed_by IS NULL AND erased_at IS NULL;
CREATE INDEX artifact_unused_idx ON artifact (created_at)
  WHERE claimed_by IS NULL AND erased_at IS NULL;
CREATE INDEX artifact_erased_idx ON artifact (erased_at) WHERE erased_at IS NOT NULL;

-- One upload, whether under way, complete or broken off.
CREATE TABLE artifact_attempt (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  artifact_id UUID NOT NULL REFERENCES artifact (id) ON DELETE CASCADE,
  -- When the latest chunk came.
  touched_at TIMESTAMPTZ NOT NULL,
  -- Of ciphertext, so far.
  bytes BIGINT NOT NULL
);

CREATE INDEX artifact_attempt_artifact_idx ON artifact_attempt (artifact_id);

CREATE TABLE artifact_chunk (
  attempt BIGINT NOT NULL REFERENCES artifact_attempt (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (attempt, number)
);

-- Ciphertext does not compress.
ALTER TABLE artifact_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
