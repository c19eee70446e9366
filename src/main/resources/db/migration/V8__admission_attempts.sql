-- The ids of the requests that may have come of a registration's attempts: the network makes an id of
-- what is sent, so it is known before. Whoever goes on after a crash asks for them by name, which works
-- also where the network does not tell where an input lies.

CREATE TABLE admission_attempt (
  request_id bytea PRIMARY KEY CHECK (octet_length(request_id) = 32),
  requester  bytea NOT NULL,
  stdin_uri  text NOT NULL,
  -- As admission.attempts counts them.
  attempt    integer NOT NULL,
  FOREIGN KEY (requester, stdin_uri) REFERENCES admission ON DELETE CASCADE
);

CREATE INDEX admission_attempt_of ON admission_attempt (requester, stdin_uri, attempt);
CREATE INDEX admission_request_id ON admission (request_id) WHERE request_id IS NOT NULL;
