-- The table of the worker: what is to be said to whom, one reply for each event, whoever works on
-- it and how often. The clock is the moment itself, not the begin of a transaction that waited.
CREATE TABLE reply_outbox (
  event_id text PRIMARY KEY,
  entry text NOT NULL,
  tenant text NOT NULL,
  text text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  next_try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  failures integer NOT NULL DEFAULT 0,
  sent_at timestamptz
);
CREATE INDEX reply_outbox_waiting ON reply_outbox (next_try_at) WHERE sent_at IS NULL;
CREATE INDEX reply_outbox_sent ON reply_outbox (sent_at) WHERE sent_at IS NOT NULL;
