-- Made by keepwell generate from the stack loud (production) by the template supabase/vault.sql.j2: change those, not this file.
-- Run as `postgres`; running it again changes nothing. Then give the role a password, out of band.
BEGIN;

DO $$
BEGIN
  IF pg_catalog.to_regnamespace('vault') IS NULL THEN
    RAISE EXCEPTION 'no schema vault' USING HINT = 'enable the extension supabase_vault first';
  END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS keepwell;
REVOKE ALL ON SCHEMA keepwell FROM PUBLIC;

-- Stores a secret, new or not, and answers with the SHA-256 of what the vault then gives back.
--
-- vault.create_secret writes its argument in clear first and encrypts it after: the clear text
-- would stay in the table's file until VACUUM, and in the WAL and its archives for good.
-- vault.update_secret encrypts before it writes. So a random placeholder is created, and the value
-- replaces it, in one transaction.
CREATE OR REPLACE FUNCTION keepwell.put_secret(secret_name text, secret_value text)
RETURNS text LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  secret_id uuid;
BEGIN
  IF secret_name IS NULL OR secret_value IS NULL THEN
    RAISE not_null_violation USING MESSAGE = 'name and value must be given';
  END IF;
  -- Two writers of a new name would both find nothing; the second waits here instead.
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(secret_name, 0));
  SELECT id INTO secret_id FROM vault.secrets WHERE name = secret_name;
  IF secret_id IS NULL THEN
    secret_id := vault.create_secret(pg_catalog.gen_random_uuid()::text, secret_name);
  END IF;
  PERFORM vault.update_secret(secret_id, secret_value);
  RETURN (
    SELECT pg_catalog.encode(
      pg_catalog.sha256(pg_catalog.convert_to(decrypted_secret, 'UTF8')), 'hex'
    )
    FROM vault.decrypted_secrets WHERE id = secret_id
  );
END
$$;
REVOKE ALL ON FUNCTION keepwell.put_secret(text, text) FROM PUBLIC;

-- The role that keeps the keys of customers. It has no right on the schema vault, so it reaches the
-- keys through the two functions below and no other secret at all.
DO $$
BEGIN
  IF pg_catalog.to_regrole('"select"') IS NULL THEN
    CREATE ROLE "select" LOGIN NOINHERIT;
  END IF;
END
$$;
ALTER ROLE "select" SET statement_timeout = '2s';

CREATE SCHEMA IF NOT EXISTS "select";
REVOKE ALL ON SCHEMA "select" FROM PUBLIC;
GRANT USAGE ON SCHEMA "select" TO "select";

-- Stores or rotates the key of a customer; with `must_exist` it only rotates.
CREATE OR REPLACE FUNCTION "select".store(
  customer text, private_key text, must_exist boolean
)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  secret_name text := 'customer-key:' || customer;
BEGIN
  IF must_exist AND NOT EXISTS (SELECT FROM vault.secrets WHERE name = secret_name) THEN
    RAISE no_data_found USING MESSAGE = 'no key for that customer';
  END IF;
  RETURN keepwell.put_secret(secret_name, private_key);
END
$$;

-- The key of a customer; NULL when there is none.
CREATE OR REPLACE FUNCTION "select".read(customer text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'customer-key:' || customer
$$;

REVOKE ALL ON FUNCTION
  "select".store(text, text, boolean),
  "select".read(text)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  "select".store(text, text, boolean),
  "select".read(text)
  TO "select";

COMMIT;

-- What `apply` does then, for each of these, with both parameters bound on the server, so that no
-- value reaches the text of a statement or the server's log:
--     SELECT keepwell.put_secret($1, $2)
-- $1 = 'NO', $2 = 'secret://NO'
