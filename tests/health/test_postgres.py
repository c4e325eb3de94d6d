import asyncio

import asyncpg
import pytest

from keepwell.health import ErrorClass, Postgres

pytestmark = pytest.mark.anyio

COUNT = "select count(*) from pg_stat_activity where application_name = 'keepwell-health'"

CUT = COUNT.replace("count(*)", "pg_terminate_backend(pid)")


async def outcome(check: Postgres) -> ErrorClass | None:
    try:
        async with asyncio.timeout(10):
            assert await check.round_trip_ms() > 0
    except Exception as error:  # noqa: BLE001 - a check may raise whatever its client does
        return check.classify(error)
    return None


@pytest.fixture
async def check(postgres_server):
    check = Postgres(postgres_server.dsn)
    yield check
    await check.close()


@pytest.fixture
async def admin(postgres_server):
    connection = await asyncpg.connect(postgres_server.dsn)
    yield connection
    await connection.close()


async def test_one_connection_serves_every_round_trip(check, admin):
    for _ in range(3):
        assert await outcome(check) is None
    assert await admin.fetchval(COUNT) == 1


async def test_a_database_that_refuses_writes_is_readonly(check, admin):
    await admin.execute("alter role postgres set default_transaction_read_only = on")
    try:
        assert await outcome(check) is ErrorClass.READONLY
    finally:
        await admin.execute("alter role postgres reset default_transaction_read_only")
    assert await outcome(check) is None


async def test_a_standby_is_readonly_until_it_is_promoted(postgres_server, check):
    assert await outcome(check) is None
    postgres_server.kill()
    (postgres_server.data_dir / "standby.signal").touch()
    postgres_server.start()
    seen = await outcome(check)
    standby = await asyncpg.connect(postgres_server.dsn)
    await standby.fetchval("select pg_promote()")
    await standby.close()
    assert seen is ErrorClass.READONLY
    assert await outcome(check) is None


async def test_a_wrong_password_is_auth(postgres_server):
    password = postgres_server.dsn.split(":")[2].split("@")[0]
    wrong = Postgres(postgres_server.dsn.replace(password, "wrong"))
    assert await outcome(wrong) is ErrorClass.AUTH


async def test_a_server_without_tls_is_tls_to_those_who_require_it(postgres_server):
    assert await outcome(Postgres(f"{postgres_server.dsn}?sslmode=require")) is ErrorClass.TLS


async def test_a_connection_that_was_cut_is_replaced(check, admin):
    assert await outcome(check) is None
    await admin.execute(CUT)
    assert await outcome(check) is None


async def test_a_server_that_is_gone_refuses_and_comes_back(postgres_server, check):
    assert await outcome(check) is None
    postgres_server.kill()
    try:
        seen = [await outcome(check), await outcome(check)]
    finally:
        postgres_server.start()
    assert seen[-1] is ErrorClass.REFUSED
    assert await outcome(check) is None


@pytest.mark.parametrize("dsn", ["", "not a dsn", "mysql://x", "postgresql://h:port/x"])
async def test_a_dsn_that_is_none_is_an_error_and_no_crash(dsn, monkeypatch, tmp_path):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    assert await outcome(Postgres(dsn)) in {ErrorClass.ERROR, ErrorClass.UNREACHABLE}


def wrapped(inner: Exception) -> Exception:
    outer = RuntimeError("wrapper")
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (asyncpg.InvalidPasswordError(), ErrorClass.AUTH),
        (asyncpg.InvalidAuthorizationSpecificationError(), ErrorClass.AUTH),
        (wrapped(asyncpg.InvalidPasswordError()), ErrorClass.AUTH),
        (asyncpg.TooManyConnectionsError(), ErrorClass.REFUSED),
        (asyncpg.CannotConnectNowError(), ErrorClass.REFUSED),
        (asyncpg.ReadOnlySQLTransactionError(), ErrorClass.READONLY),
        (asyncpg.OutOfMemoryError(), ErrorClass.OOM),
        (asyncpg.AdminShutdownError(), ErrorClass.UNREACHABLE),
        (asyncpg.QueryCanceledError(), ErrorClass.TIMEOUT),
        (asyncpg.ConnectionDoesNotExistError(), ErrorClass.UNREACHABLE),
        (asyncpg.InternalClientError("x"), ErrorClass.UNREACHABLE),
        (asyncpg.UndefinedTableError(), ErrorClass.ERROR),
        (asyncpg.InterfaceError("x"), ErrorClass.ERROR),
        (ConnectionError("unexpected connection_lost() call"), ErrorClass.UNREACHABLE),
        (TimeoutError(), ErrorClass.TIMEOUT),
    ],
)
async def test_each_error_has_a_class(error, expected):
    assert Postgres("").classify(error) is expected
