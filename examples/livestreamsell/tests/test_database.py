"""The tables on a real Postgres: two roles that own nothing of each other; which errors pass."""

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest

from examples.livestreamsell.database import Table, open_database, passes
from examples.livestreamsell.tests.doubles import rows
from keepwell.rehearsal.servers import Postgres, start_postgres

TABLES: tuple[Table, ...] = ("webhook_inbox", "reply_outbox")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with start_postgres() as postgres:
        yield postgres


@pytest.fixture
def postgres(server: Postgres) -> Postgres:
    """With the roles of intake and worker, and none of their tables."""
    execute(
        server,
        "DROP TABLE IF EXISTS reply_outbox, webhook_inbox",
        "DROP OWNED BY intake; DROP ROLE intake",
        "DROP OWNED BY worker; DROP ROLE worker",
        may_fail=True,
    )
    execute(server, *(f"CREATE ROLE {each} LOGIN PASSWORD 'p'" for each in ("intake", "worker")))
    return server


def execute(server: Postgres, *statements: str, may_fail: bool = False) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(server.dsn)
        for statement in statements:
            try:
                await connection.execute(statement)
            except asyncpg.UndefinedObjectError:
                assert may_fail
        await connection.close()

    asyncio.run(run())


async def use(server: Postgres, role: str, table: Table) -> int:
    """What the role counts in its table after a start."""
    dsn = f"postgresql://{role}:p@127.0.0.1:{server.port}/postgres"
    database = await open_database(dsn, table=table)
    try:
        count: int = await (await database.pool()).fetchval(f"SELECT count(*) FROM {table}")
        return count
    finally:
        await database.close()


def test_each_role_makes_its_own_table_and_starts_again(postgres: Postgres) -> None:
    execute(postgres, "GRANT CREATE ON SCHEMA public TO intake, worker")

    async def start() -> list[int]:
        return [await use(postgres, "intake", TABLES[0]), await use(postgres, "worker", TABLES[1])]

    assert asyncio.run(start()) == asyncio.run(start()) == [0, 0]
    owners = "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    assert rows(postgres, owners) == [("reply_outbox", "worker"), ("webhook_inbox", "intake")]


def test_a_role_that_may_make_nothing_uses_what_is_there(postgres: Postgres) -> None:
    async def prepare() -> None:
        for table in TABLES:
            database = await open_database(postgres.dsn, table=table)
            await (await database.pool()).execute(f"GRANT SELECT ON {table} TO worker")
            await database.close()

    asyncio.run(prepare())
    assert asyncio.run(use(postgres, "worker", "reply_outbox")) == 0


def test_those_who_start_at_once_wait_for_each_other(postgres: Postgres) -> None:
    execute(postgres, "GRANT CREATE ON SCHEMA public TO worker")

    async def start() -> list[int]:
        return await asyncio.gather(*(use(postgres, "worker", "reply_outbox") for _ in range(8)))

    assert asyncio.run(start()) == [0] * 8


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (asyncpg.InterfaceError("the connection is closed"), True),
        (asyncpg.ConnectionDoesNotExistError(), True),
        (asyncpg.TooManyConnectionsError(), True),
        (asyncpg.DiskFullError(), True),
        (asyncpg.AdminShutdownError(), True),
        (asyncpg.QueryCanceledError(), True),
        (asyncpg.DeadlockDetectedError(), True),
        (asyncpg.InvalidPasswordError(), True),
        (asyncpg.ReadOnlySQLTransactionError(), True),
        (asyncpg.DataError("no text"), False),
        (asyncpg.CharacterNotInRepertoireError(), False),
        (asyncpg.ProgramLimitExceededError(), False),
        (asyncpg.UndefinedTableError(), False),
        (asyncpg.InsufficientPrivilegeError(), False),
        (ValueError(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_passes_is_told_from_what_stays(error: Exception, *, expected: bool) -> None:
    assert passes(error) is expected
