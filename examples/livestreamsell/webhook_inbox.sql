-- The table of the intake: what came from Meta, as it came.
CREATE TABLE webhook_inbox (
  digest bytea PRIMARY KEY,
  body bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX webhook_inbox_received ON webhook_inbox (received_at);
