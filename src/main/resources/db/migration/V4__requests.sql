-- The read side: lists requests, and says which actors have work left. A row is written before the
-- request's first event, so no accepted request is ever missing here; the journal decides about
-- everything else.

CREATE TABLE request (
  request_id bytea PRIMARY KEY CHECK (octet_length(request_id) = 32),
  requester  bytea NOT NULL CHECK (octet_length(requester) = 20),
  stdin_uri  text NOT NULL,
  vk_hash    bytea NOT NULL CHECK (octet_length(vk_hash) = 32),
  version    text NOT NULL,
  mode       text NOT NULL,
  deadline   timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  state      text NOT NULL,
  updated_at timestamptz NOT NULL,
  -- Nothing is left to do: it has ended, and its inputs are erased.
  settled_at timestamptz,
  UNIQUE (requester, stdin_uri)
);

CREATE INDEX request_unsettled ON request (request_id) WHERE settled_at IS NULL;
CREATE INDEX request_settled_at ON request (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX request_by_requester ON request (requester, created_at DESC);
