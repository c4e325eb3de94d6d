"""What is generated for Postgres, on a real one with a stand-in of Supabase Vault."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from keepwell.rehearsal.servers import Postgres, start_postgres
from keepwell.templating.filters import sql_literal
from tests.templating.test_filters import NASTY

ROOT = Path(__file__).parents[2]
STAND_IN = ROOT / "examples/livestreamsell/vault_stand_in.sql"
VAULT = ROOT / "tests/golden/loud/expected/supabase/vault.sql"
"""Its role is called "select", a word that needs its quotes."""

Use = Callable[[asyncpg.Connection], Awaitable[object]]


def connected(dsn: str, use: Use) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await use(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with start_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def vault(postgres: Postgres) -> Postgres:
    async def install(connection: asyncpg.Connection) -> None:
        await connection.execute(STAND_IN.read_text())
        await connection.execute("SET ROLE vault_user")
        for _ in range(2):  # it may be applied again
            await connection.execute(VAULT.read_text())

    connected(postgres.dsn, install)
    return postgres


@pytest.mark.parametrize("conforming", ["on", "off"])
def test_postgres_reads_every_literal_back_whatever_it_makes_of_backslashes(
    postgres: Postgres, conforming: str
):
    texts = [text for text in NASTY if "\0" not in text]
    statement = "SELECT " + ", ".join(sql_literal(text) for text in texts)

    async def select(connection: asyncpg.Connection) -> list[object]:
        await connection.execute(f"SET standard_conforming_strings = {conforming}")
        return list(await connection.fetchrow(statement))

    assert connected(postgres.dsn, select) == texts


def test_a_secret_is_put_and_put_again_under_one_name(vault: Postgres):
    async def put_twice(connection: asyncpg.Connection) -> tuple[list[str], list[object]]:
        await connection.execute("SET ROLE vault_user")
        digests = [
            await connection.fetchval("SELECT keepwell.put_secret($1, $2)", "API_KEY", value)
            for value in ("first", "second 😀")
        ]
        rows = await connection.fetch("SELECT name, decrypted_secret FROM vault.decrypted_secrets")
        return digests, [tuple(row) for row in rows]

    assert connected(vault.dsn, put_twice) == (
        [hashlib.sha256(value.encode()).hexdigest() for value in ("first", "second 😀")],
        [("API_KEY", "second 😀")],
    )


@pytest.mark.parametrize(("name", "value"), [(None, "v"), ("n", None)])
def test_a_secret_without_name_or_value_is_refused(
    vault: Postgres, name: str | None, value: str | None
):
    async def put(connection: asyncpg.Connection) -> None:
        await connection.execute("SET ROLE vault_user")
        await connection.fetchval("SELECT keepwell.put_secret($1, $2)", name, value)

    with pytest.raises(asyncpg.NotNullViolationError):
        connected(vault.dsn, put)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT keepwell.put_secret('API_KEY', 'mine')",
        "SELECT * FROM vault.decrypted_secrets",
        "SELECT * FROM vault.secrets",
        "SELECT vault.create_secret('x')",
    ],
)
def test_the_role_reaches_the_vault_by_its_own_functions_alone(vault: Postgres, statement: str):
    async def ask(connection: asyncpg.Connection) -> None:
        await connection.execute('SET ROLE "select"')
        await connection.fetch(statement)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        connected(vault.dsn, ask)


def test_the_role_keeps_keys_of_customers(vault: Postgres):
    async def keep(connection: asyncpg.Connection) -> list[object]:
        await connection.execute('SET ROLE "select"')
        await connection.fetchval('SELECT "select".store($1, $2, $3)', "ann", "key 1", False)
        await connection.fetchval('SELECT "select".store($1, $2, $3)', "ann", "key 2", True)
        read = 'SELECT "select".read($1)'
        return [await connection.fetchval(read, name) for name in ("ann", "bob", "API_KEY")]

    assert connected(vault.dsn, keep) == ["key 2", None, None]


def test_a_database_without_the_vault_is_told_to_enable_it(postgres: Postgres):
    async def apply(connection: asyncpg.Connection) -> None:
        await connection.execute("CREATE DATABASE bare")

    connected(postgres.dsn, apply)
    bare = postgres.dsn.rpartition("/")[0] + "/bare"
    with pytest.raises(asyncpg.RaiseError, match="no schema vault"):
        connected(bare, lambda connection: connection.execute(VAULT.read_text()))
