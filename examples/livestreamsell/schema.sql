-- The tables of the intake and the worker. It is run at each start and changes nothing then.
-- The lock makes those who start at once wait for each other: IF NOT EXISTS alone does not.
BEGIN;
SELECT pg_advisory_xact_lock(7305814);

-- What came from Meta, as it came.
CREATE TABLE IF NOT EXISTS webhook_inbox (
  digest bytea PRIMARY KEY,
  body bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);

-- What is to be said to whom: one reply for each event, whoever works on it and how often.
CREATE TABLE IF NOT EXISTS reply_outbox (
  event_id text PRIMARY KEY,
  entry text NOT NULL,
  tenant text NOT NULL,
  text text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  next_try_at timestamptz NOT NULL DEFAULT now(),
  failures integer NOT NULL DEFAULT 0,
  sent_at timestamptz
);
CREATE INDEX IF NOT EXISTS reply_outbox_waiting ON reply_outbox (next_try_at) WHERE sent_at IS NULL;
COMMIT;
