"""The vault on a real Postgres with the stand-in: what is kept, what is refused, what leaks."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest

from examples.livestreamsell.vault import (
    CustomerKeys,
    KeyChangedOnTheWayError,
    PrivateKey,
    UnknownCustomerError,
)
from keepwell.rehearsal.servers import Postgres, start_postgres

STAND_IN = Path(__file__).parents[1] / "vault_stand_in.sql"
GENERATED = Path(__file__).parents[3] / "generated/supabase/vault.sql"
ROLE_PASSWORD = "correct-horse"

Answer = TypeVar("Answer")
Ask = Callable[..., object]


async def install(dsn: str) -> None:
    """Does what Supabase does, then what its `postgres` applies."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(STAND_IN.read_text())
        await connection.execute("SET ROLE vault_user")
        for _ in range(2):  # it may be applied again
            await connection.execute(GENERATED.read_text())
        await connection.execute("RESET ROLE")
        await connection.execute(f"ALTER ROLE customer_keys PASSWORD '{ROLE_PASSWORD}'")
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with start_postgres() as server:
        asyncio.run(install(server.dsn))
        yield server


@pytest.fixture
def key() -> PrivateKey:
    return PrivateKey(f"canary-{secrets.token_hex(32)}")


def role_dsn(postgres: Postgres) -> str:
    return f"postgresql://customer_keys:{ROLE_PASSWORD}@127.0.0.1:{postgres.port}/postgres"


def with_keys(postgres: Postgres, use: Callable[[CustomerKeys], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        async with asyncpg.create_pool(role_dsn(postgres), min_size=0, max_size=8) as pool:
            return await use(CustomerKeys(pool))

    return asyncio.run(run())


def query(dsn: str, statement: str, *values: object) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture
def ask(postgres: Postgres) -> Ask:
    """Asks as `vault_user`, who may do what Supabase's `postgres` may."""

    async def run(statement: str, *values: object) -> object:
        connection = await asyncpg.connect(postgres.dsn)
        try:
            await connection.execute("SET ROLE vault_user")
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    return lambda statement, *values: asyncio.run(run(statement, *values))


def files_that_hold(postgres: Postgres, text: str) -> set[str]:
    """The parts of the data folder (`base`, `pg_wal` ...) where the text stands in clear."""
    query(postgres.dsn, "CHECKPOINT")
    return {
        file.relative_to(postgres.data_dir).parts[0]
        for file in postgres.data_dir.rglob("*")
        if file.is_file() and text.encode() in file.read_bytes()
    }


class TestCustomerKeys:
    def test_reads_back_what_was_put(self, postgres: Postgres, key: PrivateKey) -> None:
        async def use(keys: CustomerKeys) -> PrivateKey:
            await keys.put("reads-back", key)
            return await keys.read("reads-back")

        assert with_keys(postgres, use).text == key.text

    @pytest.mark.parametrize(
        "text", ["", "'; DROP SCHEMA vault; --", "-----BEGIN KEY-----\nä😀\\n\n", "x" * 20_000]
    )
    def test_any_text_survives(self, postgres: Postgres, text: str) -> None:
        async def use(keys: CustomerKeys) -> PrivateKey:
            await keys.put("any-text", PrivateKey(text))
            return await keys.read("any-text")

        assert with_keys(postgres, use).text == text

    def test_putting_twice_keeps_one_secret(self, postgres: Postgres, key: PrivateKey) -> None:
        async def use(keys: CustomerKeys) -> None:
            await keys.put("twice", key)
            await keys.put("twice", key)

        with_keys(postgres, use)
        count = "SELECT count(*) FROM vault.secrets WHERE name = 'customer-key:twice'"
        assert query(postgres.dsn, count) == 1

    def test_a_rotation_replaces_the_key(self, postgres: Postgres, key: PrivateKey) -> None:
        async def use(keys: CustomerKeys) -> PrivateKey:
            await keys.put("rotates", PrivateKey("the older one"))
            await keys.rotate("rotates", key)
            return await keys.read("rotates")

        assert with_keys(postgres, use).text == key.text

    def test_rotating_an_unknown_customer_fails_and_stores_nothing(
        self, postgres: Postgres, key: PrivateKey
    ) -> None:
        with pytest.raises(UnknownCustomerError):
            with_keys(postgres, lambda keys: keys.rotate("nobody", key))
        with pytest.raises(UnknownCustomerError):
            with_keys(postgres, lambda keys: keys.read("nobody"))

    def test_many_who_put_a_new_customer_at_once_all_succeed(
        self, postgres: Postgres, key: PrivateKey
    ) -> None:
        async def use(keys: CustomerKeys) -> PrivateKey:
            await asyncio.gather(*(keys.put("at-once", key) for _ in range(8)))
            return await keys.read("at-once")

        assert with_keys(postgres, use).text == key.text

    def test_a_key_that_does_not_read_back_is_not_stored(
        self, postgres: Postgres, key: PrivateKey
    ) -> None:
        real = "vault.update_secret(uuid, text, text, text, uuid)"
        query(postgres.dsn, f"ALTER FUNCTION {real} RENAME TO update_secret_that_works")
        query(
            postgres.dsn,
            "CREATE FUNCTION vault.update_secret(uuid, text) RETURNS void LANGUAGE sql AS ''",
        )
        try:
            with pytest.raises(KeyChangedOnTheWayError):
                with_keys(postgres, lambda keys: keys.put("lost", key))
        finally:
            query(postgres.dsn, "DROP FUNCTION vault.update_secret(uuid, text)")
            working = real.replace("update_secret", "update_secret_that_works")
            query(postgres.dsn, f"ALTER FUNCTION {working} RENAME TO update_secret")
        with pytest.raises(UnknownCustomerError):
            with_keys(postgres, lambda keys: keys.read("lost"))

    def test_neither_repr_nor_log_shows_the_key(
        self, postgres: Postgres, key: PrivateKey, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        with_keys(postgres, lambda keys: keys.put("logged", key))
        assert key.digest[:12] in caplog.text
        assert key.text not in caplog.text + repr(key) + str(key)

    def test_the_servers_log_of_errors_does_not_show_the_key(
        self, postgres: Postgres, key: PrivateKey
    ) -> None:
        with pytest.raises(UnknownCustomerError):
            with_keys(postgres, lambda keys: keys.rotate("log-of-errors", key))
        log = (postgres.data_dir.parent / "server.log").read_text()
        assert "no key for that customer" in log
        assert key.text not in log


class TestTheRole:
    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT decrypted_secret FROM vault.decrypted_secrets",
            "SELECT secret FROM vault.secrets",
            "SELECT vault.create_secret('value', 'name')",
            "INSERT INTO vault.secrets (secret) VALUES ('value')",
            "SELECT keepwell.put_secret('LLM_API_KEY', 'value')",
            "CREATE TABLE customer_keys.mine (id int)",
        ],
    )
    def test_may_do_nothing_but_call_its_functions(
        self, postgres: Postgres, statement: str
    ) -> None:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            query(role_dsn(postgres), statement)

    def test_cannot_read_a_secret_that_is_no_customers_key(self, postgres: Postgres) -> None:
        query(postgres.dsn, "SELECT vault.create_secret('llm-key', 'LLM_API_KEY')")
        with pytest.raises(UnknownCustomerError):
            with_keys(postgres, lambda keys: keys.read("LLM_API_KEY"))


class TestCanary:
    def test_a_put_leaves_the_key_in_clear_in_no_file(
        self, postgres: Postgres, key: PrivateKey
    ) -> None:
        with_keys(postgres, lambda keys: keys.put("canary", key))
        assert with_keys(postgres, lambda keys: keys.read("canary")).text == key.text
        assert files_that_hold(postgres, key.text) == set()

    def test_a_rotation_leaves_the_key_in_clear_in_no_file(
        self, postgres: Postgres, key: PrivateKey
    ) -> None:
        async def use(keys: CustomerKeys) -> None:
            await keys.put("canary-rotated", PrivateKey("the older one"))
            await keys.rotate("canary-rotated", key)

        with_keys(postgres, use)
        assert files_that_hold(postgres, key.text) == set()

    def test_a_secret_of_the_stack_is_left_in_clear_in_no_file(
        self, postgres: Postgres, ask: Ask, key: PrivateKey
    ) -> None:
        assert ask("SELECT keepwell.put_secret('canary', $1)", key.text) == key.digest
        assert files_that_hold(postgres, key.text) == set()

    def test_the_naive_way_leaves_it_in_the_table_and_in_the_wal(
        self, postgres: Postgres, key: PrivateKey
    ) -> None:
        query(postgres.dsn, "SELECT vault.create_secret($1, 'naive')", key.text)
        read = "SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'naive'"
        assert query(postgres.dsn, read) == key.text
        assert files_that_hold(postgres, key.text) == {"base", "pg_wal"}


class TestTheStandIn:
    """It has the extension's behaviour as measured, faults included."""

    def test_an_update_of_an_unknown_id_does_nothing(self, ask: Ask) -> None:
        before = ask("SELECT count(*) FROM vault.secrets")
        ask("SELECT vault.update_secret(gen_random_uuid(), 'value')")
        assert ask("SELECT count(*) FROM vault.secrets") == before

    @pytest.mark.parametrize(
        ("statement", "error"),
        [
            ("INSERT INTO vault.secrets (secret) VALUES ('x')", asyncpg.InsufficientPrivilegeError),
            ("UPDATE vault.secrets SET secret = 'x'", asyncpg.InsufficientPrivilegeError),
            ("SELECT vault.create_secret(NULL, 'null')", asyncpg.NotNullViolationError),
        ],
    )
    def test_refuses(self, ask: Ask, statement: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            ask(statement)

    def test_names_are_unique_but_secrets_without_one_are_many(self, ask: Ask) -> None:
        ask("SELECT vault.create_secret('value', 'unique')")
        with pytest.raises(asyncpg.UniqueViolationError):
            ask("SELECT vault.create_secret('value', 'unique')")
        assert ask("SELECT vault.create_secret('one')") != ask("SELECT vault.create_secret('two')")

    def test_an_update_keeps_the_nonce(self, ask: Ask) -> None:
        secret_id = ask("SELECT vault.create_secret('value', 'nonce')")
        nonce = "SELECT nonce FROM vault.secrets WHERE id = $1"
        before = ask(nonce, secret_id)
        ask("SELECT vault.update_secret($1, 'other')", secret_id)
        assert ask(nonce, secret_id) == before
        read = "SELECT decrypted_secret FROM vault.decrypted_secrets WHERE id = $1"
        assert ask(read, secret_id) == "other"
