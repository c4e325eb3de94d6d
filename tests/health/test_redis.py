import asyncio
import ssl

import pytest
import trustme
from redis import exceptions
from redis.asyncio import Redis as Client

from keepwell.health import ErrorClass, Redis
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio


@pytest.fixture
async def check(redis_server):
    check = Redis(redis_server.url, instance_id="srv-1")
    yield check
    await check.close()


@pytest.fixture
async def admin(redis_server):
    client = Client.from_url(redis_server.url)
    yield client
    await client.aclose()


async def test_a_round_trip_writes_a_value_that_expires_over_one_connection(check, admin):
    before = len(await admin.client_list())
    for _ in range(3):
        assert await outcome(check) is None
    assert len(await admin.client_list()) == before + 1
    assert 0 < await admin.ttl("hc:srv-1") <= 60


async def test_a_full_server_that_evicts_nothing_is_oom(check, admin):
    before = len(await admin.client_list())
    await admin.config_set("maxmemory", "1")
    try:
        assert await outcome(check) is ErrorClass.OOM
        assert len(await admin.client_list()) == before  # after a failure it connects anew
    finally:
        await admin.config_set("maxmemory", "0")
    assert await outcome(check) is None


async def test_a_replica_is_readonly(check, admin, redis_server):
    await admin.replicaof("127.0.0.1", redis_server.port)
    try:
        assert await outcome(check) is ErrorClass.READONLY
    finally:
        await admin.replicaof("NO", "ONE")
    assert await outcome(check) is None


async def test_a_password_that_is_missing_or_wrong_is_auth(check, admin, redis_server):
    await admin.config_set("requirepass", "right")
    try:
        wrong = Redis(redis_server.url.replace("//", "//:wrong@"), instance_id="srv-1")
        assert await outcome(check) is ErrorClass.AUTH
        assert await outcome(wrong) is ErrorClass.AUTH
        await wrong.close()
    finally:
        await admin.config_set("requirepass", "")


async def test_a_certificate_that_nobody_vouches_for_is_tls():
    identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(identity)
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=identity) as server:
        port = server.sockets[0].getsockname()[1]
        check = Redis(f"rediss://127.0.0.1:{port}", instance_id="srv-1")
        assert await outcome(check) is ErrorClass.TLS


async def test_a_connection_that_was_cut_is_replaced(check, admin):
    assert await outcome(check) is None
    await admin.execute_command("CLIENT KILL TYPE normal SKIPME yes")
    assert await outcome(check) is None


async def test_a_server_that_is_gone_refuses_and_comes_back(redis_server, check):
    assert await outcome(check) is None
    redis_server.kill()
    try:
        seen = [await outcome(check), await outcome(check)]
    finally:
        redis_server.start()
    assert seen == [ErrorClass.REFUSED, ErrorClass.REFUSED]
    assert await outcome(check) is None


@pytest.mark.parametrize("url", ["", "http://x", "redis://host:port/0"])
async def test_a_url_that_is_none_is_an_error_and_no_crash(url):
    assert await outcome(Redis(url, instance_id="srv-1")) is ErrorClass.ERROR


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (exceptions.AuthenticationError(), ErrorClass.AUTH),
        (exceptions.NoPermissionError(), ErrorClass.AUTH),
        (exceptions.ReadOnlyError(), ErrorClass.READONLY),
        (exceptions.OutOfMemoryError(), ErrorClass.OOM),
        (exceptions.TimeoutError(), ErrorClass.TIMEOUT),
        (exceptions.BusyLoadingError(), ErrorClass.REFUSED),
        (exceptions.ConnectionError("closed by server"), ErrorClass.UNREACHABLE),
        (exceptions.ResponseError("MISCONF"), ErrorClass.ERROR),
        (TimeoutError(), ErrorClass.TIMEOUT),
    ],
)
async def test_each_error_has_a_class(error, expected):
    assert Redis("", instance_id="srv-1").classify(error) is expected
