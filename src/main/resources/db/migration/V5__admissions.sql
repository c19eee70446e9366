-- What is being registered, or was, at an upstream network: one row per input, written before the
-- network hears of it. So no input is ever registered twice, whatever gets lost or dies.

CREATE TABLE admission (
  requester     bytea NOT NULL CHECK (octet_length(requester) = 20),
  stdin_uri     text NOT NULL,
  -- Of the first try: a repeat is for the same program.
  vk_hash       bytea NOT NULL CHECK (octet_length(vk_hash) = 32),
  created_at    timestamptz NOT NULL,
  -- Until then somebody is at it; afterwards, unless it is settled, another may go on.
  claimed_until timestamptz NOT NULL,
  -- What the network answered.
  request_id    bytea CHECK (octet_length(request_id) = 32),
  tx_hash       bytea CHECK (octet_length(tx_hash) = 32),
  -- Settled: it is ours, and its program lies there; or it is not, and why.
  program_uri   text,
  refusal       text,
  PRIMARY KEY (requester, stdin_uri)
);

CREATE INDEX admission_created_at ON admission (created_at);
