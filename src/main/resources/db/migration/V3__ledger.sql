-- The hosted ledger: what a prover network would keep.

CREATE TABLE program (
  vk_hash     bytea PRIMARY KEY CHECK (octet_length(vk_hash) = 32),
  vk          bytea NOT NULL,
  program_uri text NOT NULL,
  artifact_id uuid NOT NULL,
  owner       bytea NOT NULL CHECK (octet_length(owner) = 20),
  created_at  timestamptz NOT NULL
);

-- The lower half of every nonce that is handed out; the upper half is the second it was handed out
-- in. So GetNonce, which anybody may call, writes no row.
CREATE SEQUENCE nonce_sequence AS bigint MINVALUE 0 MAXVALUE 4294967295 START 0 CYCLE;

-- Nonces that a signed message was accepted with, kept for as long as one may be used.
CREATE TABLE used_nonce (
  signer  bytea NOT NULL CHECK (octet_length(signer) = 20),
  nonce   bigint NOT NULL,
  used_at timestamptz NOT NULL,
  PRIMARY KEY (signer, nonce)
);

CREATE INDEX used_nonce_used_at ON used_nonce (used_at);
