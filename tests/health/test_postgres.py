import asyncpg
import psycopg
import pytest

from keepwell.health import ErrorClass, Postgres
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio

COUNT = "select count(*) from pg_stat_activity where application_name = 'keepwell-health'"

CUT = COUNT.replace("count(*)", "pg_terminate_backend(pid)")


DRIVERS = ["asyncpg", "psycopg"]


@pytest.fixture(params=DRIVERS)
async def check(postgres_server, request):
    check = Postgres(postgres_server.dsn, driver=request.param)
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


@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_wrong_password_is_auth(postgres_server, driver):
    password = postgres_server.dsn.split(":")[2].split("@")[0]
    wrong = Postgres(postgres_server.dsn.replace(password, "wrong"), driver=driver)
    assert await outcome(wrong) is ErrorClass.AUTH


@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_server_without_tls_is_tls_to_those_who_require_it(postgres_server, driver):
    plain = Postgres(f"{postgres_server.dsn}?sslmode=require", driver=driver)
    assert await outcome(plain) is ErrorClass.TLS


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
    assert seen == [ErrorClass.REFUSED, ErrorClass.REFUSED]
    assert await outcome(check) is None


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dsn", ["", "not a dsn", "mysql://x", "postgresql://h:port/x"])
async def test_a_dsn_that_is_none_is_an_error_and_no_crash(dsn, driver, monkeypatch, tmp_path):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    seen = await outcome(Postgres(dsn, driver=driver))
    assert seen in {ErrorClass.ERROR, ErrorClass.UNREACHABLE}


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
        (asyncpg.UndefinedTableError(), ErrorClass.STALE_SCHEMA),
        (asyncpg.DiskFullError(), ErrorClass.DISK_FULL),
        (asyncpg.InternalServerError("(ECIRCUITBREAKER) too many"), ErrorClass.BREAKER),
        (asyncpg.InternalServerError("Tenant or user not found"), ErrorClass.AUTH),
        (asyncpg.InternalServerError("a bug"), ErrorClass.ERROR),
        (asyncpg.SyntaxOrAccessError("certificate"), ErrorClass.ERROR),  # no words but those
        (psycopg.errors.ReadOnlySqlTransaction(), ErrorClass.READONLY),
        (psycopg.errors.QueryCanceled(), ErrorClass.TIMEOUT),
        (psycopg.errors.AdminShutdown(), ErrorClass.UNREACHABLE),
        (psycopg.errors.InternalError_("(ECIRCUITBREAKER) too many"), ErrorClass.BREAKER),
        (psycopg.OperationalError("FATAL: (ECIRCUITBREAKER) too many"), ErrorClass.BREAKER),
        (psycopg.OperationalError("password authentication failed for x"), ErrorClass.AUTH),
        (psycopg.OperationalError("no pg_hba.conf entry for host"), ErrorClass.AUTH),
        (psycopg.OperationalError("server does not support SSL"), ErrorClass.TLS),
        (psycopg.OperationalError("SSL error: certificate verify failed"), ErrorClass.TLS),
        (psycopg.OperationalError("Connection refused"), ErrorClass.REFUSED),
        (psycopg.OperationalError("the database system is starting up"), ErrorClass.REFUSED),
        (psycopg.OperationalError("sorry, too many clients already"), ErrorClass.REFUSED),
        (psycopg.OperationalError("connection timeout expired"), ErrorClass.TIMEOUT),
        (psycopg.OperationalError("SSL SYSCALL error: EOF"), ErrorClass.UNREACHABLE),
        (psycopg.OperationalError("the connection is closed"), ErrorClass.UNREACHABLE),
        (psycopg.OperationalError("could not receive data"), ErrorClass.UNREACHABLE),
        (psycopg.OperationalError("failed to resolve host 'x'"), ErrorClass.UNREACHABLE),
        (psycopg.OperationalError("something else"), ErrorClass.ERROR),
        (asyncpg.InterfaceError("x"), ErrorClass.ERROR),
        (ConnectionError("unexpected connection_lost() call"), ErrorClass.UNREACHABLE),
        (TimeoutError(), ErrorClass.TIMEOUT),
    ],
)
async def test_each_error_has_a_class(error, expected):
    assert Postgres("").classify(error) is expected
