import asyncpg
import pytest

from keepwell.health import ErrorClass, Postgres
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio


@pytest.fixture
async def admin(postgres_server):
    connection = await asyncpg.connect(postgres_server.dsn)
    yield connection
    await connection.execute("drop table if exists keepwell_health")
    await connection.close()


@pytest.fixture
async def table(admin):
    await admin.execute(
        "create table keepwell_health (id smallint primary key, at timestamptz not null)"
    )
    return "public.keepwell_health"


@pytest.fixture(params=["asyncpg", "psycopg"])
def driver(request):
    return request.param


async def test_every_third_question_writes_one_row(postgres_server, admin, table, driver):
    check = Postgres(postgres_server.dsn, driver=driver, write_table=table, write_every=3)
    seen = []
    for _ in range(7):
        assert await outcome(check) is None
        (row,) = await admin.fetch("select * from keepwell_health")
        seen.append(row["at"])
    await check.close()
    assert [seen.index(at) for at in seen] == [0, 0, 0, 3, 3, 3, 6]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("drop table keepwell_health", ErrorClass.STALE_SCHEMA),
        ("alter table keepwell_health drop column at", ErrorClass.STALE_SCHEMA),
        ("alter table keepwell_health add check (id > 1)", ErrorClass.ERROR),
    ],
)
async def test_a_write_that_fails_fails_the_check(
    postgres_server, admin, table, *, driver, statement, expected
):
    await admin.execute(statement)
    check = Postgres(postgres_server.dsn, driver=driver, write_table=table)
    assert await outcome(check) is expected
    await check.close()


async def test_a_row_that_is_locked_is_a_timeout_of_the_server(
    postgres_server, admin, table, driver
):
    check = Postgres(postgres_server.dsn, driver=driver, write_table=table, write_every=1)
    assert await outcome(check) is None
    async with admin.transaction():
        await admin.execute("update keepwell_health set at = now()")
        assert await outcome(check) is ErrorClass.TIMEOUT
    assert await outcome(check) is None
    await check.close()


@pytest.mark.parametrize("name", ["x; drop table y", "a.b.c", "Upper", '"quoted"', "1st"])
def test_a_table_has_a_plain_name(name):
    with pytest.raises(ValueError, match="plain name"):
        Postgres("", write_table=name)
