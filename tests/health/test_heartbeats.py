import pytest
from redis.asyncio import Redis as Client

from keepwell.health import Criticality, ErrorClass, Heartbeats, Redis
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(redis_server):
    client = Client.from_url(redis_server.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def redis(redis_server):
    check = Redis(redis_server.url, instance_id="srv-1")
    yield check
    await check.close()


@pytest.mark.parametrize(
    ("keys", "at_least", "expected"),
    [
        ([], 1, ErrorClass.ABSENT),
        (["worker:a"], 1, None),
        (["worker:a"], 2, ErrorClass.ABSENT),
        (["worker:a", "worker:b"], 2, None),
        (["workers", "other:a", "my:worker:a"], 1, ErrorClass.ABSENT),
    ],
)
async def test_the_keys_of_workers_are_counted(client, redis, *, keys, at_least, expected):
    for key in keys:
        await client.set(key, "alive", ex=15)
    assert await outcome(Heartbeats(redis, at_least=at_least)) is expected


async def test_a_worker_that_died_is_missed(client, redis):
    await client.set("worker:a", "alive", px=50)
    assert await outcome(Heartbeats(redis)) is None
    while await client.exists("worker:a"):
        pass
    assert await outcome(Heartbeats(redis)) is ErrorClass.ABSENT


@pytest.mark.parametrize("is_there", [True, False])
async def test_it_looks_through_all_keys(client, redis, is_there):
    async with client.pipeline() as many:
        for number in range(5000):
            many.set(f"other:{number}", "x")
        await many.execute()
    if is_there:
        await client.set("worker:a", "alive")
    assert await outcome(Heartbeats(redis)) is (None if is_there else ErrorClass.ABSENT)


async def test_the_pattern_is_the_users(client, redis):
    await client.set("hb-7", "alive")
    assert await outcome(Heartbeats(redis, pattern="hb-*")) is None


def test_it_warns_unless_told_otherwise():
    redis = Redis("redis://127.0.0.1", instance_id="x")
    assert Heartbeats(redis).criticality is Criticality.WARN
