import asyncpg
import pytest

from keepwell.health import Criticality, ErrorClass, Migrations, Postgres
from keepwell.health.migrations import newest_in
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio

NEWEST = "20261124120000"


@pytest.fixture
async def admin(postgres_server):
    connection = await asyncpg.connect(postgres_server.dsn)
    await connection.execute("create schema supabase_migrations")
    await connection.execute("create table supabase_migrations.schema_migrations (version text)")
    yield connection
    await connection.execute("drop schema if exists supabase_migrations cascade")
    await connection.close()


@pytest.fixture(params=["asyncpg", "psycopg"])
async def postgres(postgres_server, request):
    check = Postgres(postgres_server.dsn, driver=request.param)
    yield check
    await check.close()


@pytest.mark.parametrize(
    ("applied", "expected"),
    [
        ([NEWEST], None),
        (["20260101000000", NEWEST], None),
        ([NEWEST, "20260101000000"], None),
        (["20260101000000"], ErrorClass.STALE_SCHEMA),  # the database is behind
        ([NEWEST, "20261125000000"], ErrorClass.STALE_SCHEMA),  # this release is behind
        ([], ErrorClass.STALE_SCHEMA),
    ],
)
async def test_the_newest_is_the_one_that_was_built_in(admin, postgres, applied, expected):
    await admin.executemany(
        "insert into supabase_migrations.schema_migrations values ($1)", [(v,) for v in applied]
    )
    assert await outcome(Migrations(postgres, newest=NEWEST)) is expected


async def test_a_database_that_was_never_migrated_is_stale(admin, postgres):
    await admin.execute("drop schema supabase_migrations cascade")
    check = Migrations(postgres, newest=NEWEST)
    assert await outcome(check) is ErrorClass.STALE_SCHEMA
    assert await outcome(postgres) is None


async def test_it_asks_over_the_connection_of_the_other_check(admin, postgres):
    assert await outcome(postgres) is None
    await outcome(Migrations(postgres, newest=NEWEST))
    count = "select count(*) from pg_stat_activity where application_name = 'keepwell-health'"
    # A question that failed leaves a connection in any state, so there may be none.
    assert await admin.fetchval(count) <= 1


def test_it_warns_unless_told_otherwise():
    postgres = Postgres("")
    assert Migrations(postgres, newest="1").criticality is Criticality.WARN
    strict = Migrations(postgres, newest="1", criticality=Criticality.FAIL)
    assert strict.criticality is Criticality.FAIL


@pytest.mark.parametrize("version", ["", "1'; drop table x; --", "1a", "²"])
def test_a_version_is_a_number(version):
    with pytest.raises(ValueError, match="a version is a number"):
        Migrations(Postgres(""), newest=version)


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        (["20260101000000_first.sql", f"{NEWEST}_second.sql"], NEWEST),
        ([f"{NEWEST}_a.sql", "20270101000000_b.sql.bak", "seed.sql", "README.md"], NEWEST),
    ],
)
def test_the_newest_of_a_folder_is_found(tmp_path, names, newest):
    for name in names:
        (tmp_path / name).touch()
    assert newest_in(tmp_path) == newest


def test_a_folder_without_migrations_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no migration"):
        newest_in(tmp_path)
