"""The connection to Postgres: how long it may take, when it is renewed, what a pooler says."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from keepwell.health import ErrorClass, Postgres
from keepwell.health.budget import CHECK_S, CONNECT_S, QUERY_S, TOTAL_S
from tests.health.asking import ManualClock, outcome

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])]

BACKENDS = "select count(*) from pg_stat_activity where application_name = 'keepwell-health'"


@pytest.fixture
async def admin(postgres_server):
    connection = await asyncpg.connect(postgres_server.dsn)
    yield connection
    await connection.close()


def test_the_parts_fit_into_the_whole(driver):
    assert QUERY_S < CONNECT_S < CHECK_S < TOTAL_S < 5  # Render waits for 5 s


async def test_a_frozen_server_is_a_timeout_and_is_asked_anew_within_2_s(postgres_server, driver):
    check = Postgres(postgres_server.dsn, driver=driver)
    assert await outcome(check) is None
    postgres_server.freeze()
    try:
        async with asyncio.timeout(2):
            on_the_open_connection = await outcome(check)
        async with asyncio.timeout(2):
            on_a_new_one = await outcome(check)
    finally:
        postgres_server.thaw()
    assert (on_the_open_connection, on_a_new_one) == (ErrorClass.TIMEOUT, ErrorClass.TIMEOUT)
    assert await outcome(check) is None
    await check.close()


async def test_the_server_ends_a_question_that_takes_too_long(postgres_server, driver, admin):
    check = Postgres(postgres_server.dsn, driver=driver)
    await check.line.ask("select 1")
    with pytest.raises(Exception, match="statement timeout") as raised:
        await check.line.ask("set local statement_timeout = 20; select pg_sleep(5)")
    assert check.classify(raised.value) is ErrorClass.TIMEOUT
    await check.close()


@pytest.fixture
async def role(admin):
    """A role of its own, whose password a test may change."""
    await admin.execute("create role prober login password 'first'")
    yield "prober"
    await admin.execute("drop role prober")


async def settle(check: Postgres) -> None:
    """Waits for the renewal in the background."""
    task = check.line._renewal
    if task:
        await asyncio.wait([task])


async def test_the_connection_is_renewed_once_a_minute(postgres_server, driver, admin):
    clock = ManualClock()
    check = Postgres(postgres_server.dsn, driver=driver, clock=clock)
    backends = set()
    pid = BACKENDS.replace("count(*)", "pid")
    for _ in range(10):  # 5 minutes; the jitter is a tenth
        assert await outcome(check) is None
        await settle(check)
        backends |= {row["pid"] for row in await admin.fetch(pid)}
        clock.passed_s += 30
    assert 4 <= len(backends) <= 6
    await check.close()


async def test_a_password_that_changed_is_found_by_the_new_connection(
    postgres_server, driver, admin, role
):
    clock = ManualClock()
    dsn = f"postgresql://{role}:first@127.0.0.1:{postgres_server.port}/postgres"
    check = Postgres(dsn, driver=driver, clock=clock)
    assert await outcome(check) is None
    await admin.execute("alter role prober password 'second'")
    clock.passed_s += 30
    assert await outcome(check) is None  # the open connection does not know
    clock.passed_s += 40
    assert await outcome(check) is None
    await settle(check)
    assert await outcome(check) is ErrorClass.AUTH
    await check.close()


async def test_closing_ends_the_renewal_too(postgres_server, driver):
    clock = ManualClock()
    check = Postgres(postgres_server.dsn, driver=driver, clock=clock)
    assert await outcome(check) is None
    postgres_server.freeze()
    try:
        check.line._renew_at_s = 0
        check.line._renew_in_time()
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2):
            await check.close()
    finally:
        postgres_server.thaw()
    assert check.line._renewal
    assert check.line._renewal.cancelled()


async def test_a_cancelled_question_leaves_a_line_that_works(postgres_server, driver):
    check = Postgres(postgres_server.dsn, driver=driver)
    assert await outcome(check) is None
    asking = asyncio.create_task(check.line.ask("select pg_sleep(5)"))
    await asyncio.sleep(0.1)
    asking.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert await outcome(check) is None
    await check.close()


@asynccontextmanager
async def pooler(words: str) -> AsyncIterator[str]:
    """The DSN of a server that answers each greeting with an error of state XX000, as poolers do."""

    async def turn_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            (length,) = struct.unpack("!i", await reader.readexactly(4))
            (code,) = struct.unpack("!i", (await reader.readexactly(length - 4))[:4])
            if code not in {80877103, 80877104}:  # neither TLS nor GSSAPI is asked for
                break
            writer.write(b"N")
        fields = f"SFATAL\0VFATAL\0CXX000\0M{words}\0\0".encode()
        writer.write(b"E" + struct.pack("!i", len(fields) + 4) + fields)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(turn_away, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"postgresql://postgres.ref:x@127.0.0.1:{port}/postgres?sslmode=disable"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("(ECIRCUITBREAKER) temporarily blocked", ErrorClass.BREAKER),
        ("Tenant or user not found", ErrorClass.AUTH),
        ("(EDBHANDLEREXITED) something else", ErrorClass.ERROR),
    ],
)
async def test_the_words_of_a_pooler_are_told_apart(driver, words, expected):
    async with pooler(words) as dsn:
        assert await outcome(Postgres(dsn, driver=driver)) is expected
