-- What the service may do in Supabase Vault: keep the keys of customers, and nothing else.
-- Apply as `postgres`, as often as you like; then give the role a password, out of band:
--     \password customer_keys
-- The role has no right on schema vault, so it cannot read secrets that are not its own.

DO $$
BEGIN
  CREATE ROLE customer_keys;
EXCEPTION WHEN duplicate_object THEN
  NULL;
END
$$;
ALTER ROLE customer_keys LOGIN NOINHERIT CONNECTION LIMIT 20;
ALTER ROLE customer_keys SET statement_timeout = '2s';

CREATE SCHEMA IF NOT EXISTS customer_keys;
REVOKE ALL ON SCHEMA customer_keys FROM PUBLIC;
GRANT USAGE ON SCHEMA customer_keys TO customer_keys;

-- Stores a key and answers with the SHA-256 of what the vault then gives back.
--
-- vault.create_secret writes its argument in clear first and encrypts it after: the clear text
-- would stay in the table's file until VACUUM, and in the WAL and its archives for good.
-- vault.update_secret encrypts before it writes. So a random placeholder is created, and the key
-- replaces it, in one transaction.
CREATE OR REPLACE FUNCTION customer_keys.store(customer text, private_key text, must_exist boolean)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  secret_name text := 'customer-key:' || customer;
  secret_id uuid;
BEGIN
  IF customer IS NULL OR private_key IS NULL THEN
    RAISE not_null_violation USING MESSAGE = 'customer and key must be given';
  END IF;
  -- Two writers of a new customer would both find nothing; the second waits here instead.
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(secret_name, 0));
  SELECT id INTO secret_id FROM vault.secrets WHERE name = secret_name;
  IF secret_id IS NULL AND must_exist THEN
    RAISE no_data_found USING MESSAGE = 'no key for that customer';
  ELSIF secret_id IS NULL THEN
    secret_id := vault.create_secret(pg_catalog.gen_random_uuid()::text, secret_name);
  END IF;
  PERFORM vault.update_secret(secret_id, private_key);
  RETURN (
    SELECT pg_catalog.encode(
      pg_catalog.sha256(pg_catalog.convert_to(decrypted_secret, 'UTF8')), 'hex'
    )
    FROM vault.decrypted_secrets WHERE id = secret_id
  );
END
$$;

-- The key of a customer; NULL when there is none.
CREATE OR REPLACE FUNCTION customer_keys.read(customer text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'customer-key:' || customer
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA customer_keys FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA customer_keys TO customer_keys;
