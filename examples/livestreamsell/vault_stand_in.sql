-- A stand-in of Supabase Vault 0.3.1 for a plain Postgres, for rehearsals and tests only.
--
-- It has the names, signatures, constraints, grants and order of writes of the extension, and so
-- its faults: create_secret writes its argument in clear before it encrypts it, update_secret
-- of an unknown id does nothing, and one row that does not decrypt spoils the whole view.
-- Its cipher is none to trust (a keystream from SHA-256, all that core Postgres offers), and its
-- root key stands in the database, where the extension keeps it outside.
-- Source: https://github.com/supabase/vault, sql/supabase_vault--0.3.0.sql (read 2026-11)

CREATE ROLE vault_owner NOLOGIN;
CREATE SCHEMA vault AUTHORIZATION vault_owner;
SET ROLE vault_owner;

DO $$
BEGIN
  EXECUTE pg_catalog.format(
    'CREATE FUNCTION vault._root_key() RETURNS bytea LANGUAGE sql AS $key$ SELECT %L::bytea $key$',
    pg_catalog.sha256(pg_catalog.gen_random_uuid()::text::bytea)
  );
END
$$;

CREATE FUNCTION vault._crypto_aead_det_noncegen() RETURNS bytea LANGUAGE sql AS $$
  SELECT pg_catalog.sha256(pg_catalog.gen_random_uuid()::text::bytea)
$$;

-- The message XORed with a keystream that follows from the root key and `seed`.
CREATE FUNCTION vault._stream(message bytea, seed bytea) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
  result bytea := message;
  block bytea;
BEGIN
  FOR i IN 0 .. length(message) - 1 LOOP
    IF i % 32 = 0 THEN
      block := sha256(vault._root_key() || seed || (i / 32)::text::bytea);
    END IF;
    result := set_byte(result, i, get_byte(message, i) # get_byte(block, i % 32));
  END LOOP;
  RETURN result;
END
$$;

-- Deterministic, like the extension's: the tag of the message is the seed of its keystream.
CREATE FUNCTION vault._crypto_aead_det_encrypt(message bytea, additional bytea, nonce bytea)
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
  tag bytea := sha256(vault._root_key() || nonce || additional || message);
BEGIN
  RETURN tag || vault._stream(message, tag);
END
$$;

CREATE FUNCTION vault._crypto_aead_det_decrypt(message bytea, additional bytea, nonce bytea)
RETURNS bytea LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  tag bytea := substr(message, 1, 32);
  clear bytea := vault._stream(substr(message, 33), tag);
BEGIN
  IF tag IS DISTINCT FROM sha256(vault._root_key() || nonce || additional || clear) THEN
    RAISE EXCEPTION 'invalid ciphertext';
  END IF;
  RETURN clear;
END
$$;

CREATE TABLE vault.secrets (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name        text,
  description text NOT NULL DEFAULT '',
  secret      text NOT NULL,
  key_id      uuid,
  nonce       bytea DEFAULT vault._crypto_aead_det_noncegen(),
  created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX ON vault.secrets (name) WHERE name IS NOT NULL;

CREATE VIEW vault.decrypted_secrets AS
SELECT s.id, s.name, s.description, s.secret,
  convert_from(
    vault._crypto_aead_det_decrypt(
      decode(s.secret, 'base64'), convert_to(s.id::text, 'utf8'), s.nonce
    ), 'utf8'
  ) AS decrypted_secret,
  s.key_id, s.nonce, s.created_at, s.updated_at
FROM vault.secrets s;

CREATE FUNCTION vault.create_secret(
  new_secret text, new_name text = NULL, new_description text = '', new_key_id uuid = NULL
)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  made record;
BEGIN
  INSERT INTO vault.secrets (secret, name, description)
  VALUES (new_secret, new_name, new_description)
  RETURNING * INTO made;
  UPDATE vault.secrets s
  SET secret = encode(vault._crypto_aead_det_encrypt(
    convert_to(made.secret, 'utf8'), convert_to(s.id::text, 'utf8'), made.nonce
  ), 'base64')
  WHERE s.id = made.id;
  RETURN made.id;
END
$$;

CREATE FUNCTION vault.update_secret(
  secret_id uuid, new_secret text = NULL, new_name text = NULL, new_description text = NULL,
  new_key_id uuid = NULL
)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  UPDATE vault.secrets s
  SET
    secret = CASE WHEN new_secret IS NULL THEN s.secret
                  ELSE encode(vault._crypto_aead_det_encrypt(
                    convert_to(new_secret, 'utf8'), convert_to(s.id::text, 'utf8'), s.nonce
                  ), 'base64') END,
    name = coalesce(new_name, s.name),
    description = coalesce(new_description, s.description),
    updated_at = now()
  WHERE s.id = secret_id;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
RESET ROLE;

-- What Supabase grants to its `postgres`, which is no superuser there: `SET ROLE vault_user`
-- before what `postgres` would do.
CREATE ROLE vault_user NOLOGIN CREATEROLE;
DO $$
BEGIN
  EXECUTE pg_catalog.format('GRANT CREATE ON DATABASE %I TO vault_user', current_database());
END
$$;
GRANT USAGE ON SCHEMA vault TO vault_user WITH GRANT OPTION;
GRANT SELECT, DELETE, TRUNCATE, REFERENCES ON vault.secrets, vault.decrypted_secrets
  TO vault_user WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION
  vault.create_secret(text, text, text, uuid),
  vault.update_secret(uuid, text, text, text, uuid),
  vault._crypto_aead_det_decrypt(bytea, bytea, bytea)
  TO vault_user WITH GRANT OPTION;
