from typing import Any

import pytest
from redis.asyncio import Redis as Client

from keepwell.health import ErrorClass, Limits, Queue, Redis
from keepwell.health.queue import Depth
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio

LIMITS = Limits(waiting=3, age_s=60.0, dead_letters=1)


@pytest.mark.parametrize(
    ("waiting", "age_s", "dead_letters", "expected"),
    [
        (0, 0.0, 0, None),
        (3, 60.0, 1, None),
        (4, 0.0, 0, ErrorClass.SATURATED),
        (1, 60.1, 0, ErrorClass.SATURATED),
        (0, 0.0, 2, ErrorClass.DEAD_LETTERS),
        (4, 0.0, 2, ErrorClass.SATURATED),  # what can still be done comes first
    ],
)
def test_a_depth_is_judged_by_its_limits(waiting, age_s, dead_letters, expected):
    depth = Depth(waiting=waiting, age_s=age_s, dead_letters=dead_letters)
    assert depth.judge(LIMITS) is expected


@pytest.fixture(params=["", "?decode_responses=true"])
async def redis(redis_server, request):
    check = Redis(redis_server.url + request.param, instance_id="srv-1")
    yield check
    await check.close()


@pytest.fixture
async def stream(redis_server):
    """A stream with a group, as a worker leaves it."""
    client = Client.from_url(redis_server.url)
    await client.flushall()
    await client.xgroup_create("jobs", "workers", id="0", mkstream=True)
    yield client
    await client.aclose()


def queue(redis: Redis) -> Queue:
    return Queue(redis, stream="jobs", group="workers", limits=LIMITS)


async def take(client: Client, count: int) -> list[bytes]:
    taken: Any = await client.xreadgroup("workers", "one", {"jobs": ">"}, count=count)
    ((_, entries),) = taken
    return [entry for entry, _ in entries]


async def test_an_empty_queue_is_well(redis, stream):
    assert await outcome(queue(redis)) is None
    depth, _ = await queue(redis).look()
    assert depth == Depth(waiting=0, age_s=0.0, dead_letters=0)


async def test_what_is_finished_does_not_wait_although_the_stream_keeps_it(redis, stream):
    for _ in range(10):
        await stream.xadd("jobs", {"body": "x"})
    await stream.xack("jobs", "workers", *await take(stream, 10))
    depth, _ = await queue(redis).look()
    assert (depth.waiting, depth.age_s) == (0, 0.0)


async def test_what_was_taken_waits_as_what_was_not(redis, stream):
    for _ in range(4):
        await stream.xadd("jobs", {"body": "x"})
    assert len(await take(stream, 2)) == 2
    depth, _ = await queue(redis).look()
    assert depth.waiting == 4
    assert 0 <= depth.age_s < 30
    assert await outcome(queue(redis)) is ErrorClass.SATURATED


async def test_other_groups_are_other_queues(redis, stream):
    await stream.xgroup_create("jobs", "another", id="0")
    for _ in range(4):
        await stream.xadd("jobs", {"body": "x"})
    await stream.xack("jobs", "workers", *await take(stream, 4))
    assert await outcome(queue(redis)) is None


async def an_hour_ago(client: Client) -> str:
    seconds, _ = await client.time()
    return f"{(seconds - 3600) * 1000}-0"


@pytest.mark.parametrize("is_taken", [False, True])
async def test_the_oldest_tells_how_long_they_wait(redis, stream, is_taken):
    await stream.xadd("jobs", {"body": "old"}, id=await an_hour_ago(stream))
    await stream.xadd("jobs", {"body": "new"})
    if is_taken:
        await take(stream, 1)
    depth, _ = await queue(redis).look()
    assert 3590 < depth.age_s < 3700
    assert await outcome(queue(redis)) is ErrorClass.SATURATED


async def test_a_gap_in_the_stream_hides_the_count_but_not_the_age(redis, stream):
    await stream.xadd("jobs", {"body": "old"}, id=await an_hour_ago(stream))
    gone = await stream.xadd("jobs", {"body": "gone"})
    await stream.xadd("jobs", {"body": "new"})
    await stream.xdel("jobs", gone)
    (group,) = await stream.xinfo_groups("jobs")
    assert group["lag"] is None
    depth, _ = await queue(redis).look()
    assert depth.waiting == 1
    assert depth.age_s > 3590


async def test_dead_letters_are_counted(redis, stream):
    await stream.xadd("jobs:dead", {"reason": "x"})
    assert await outcome(queue(redis)) is None
    await stream.xadd("jobs:dead", {"reason": "x"})
    assert await outcome(queue(redis)) is ErrorClass.DEAD_LETTERS
    elsewhere = Queue(redis, stream="jobs", group="workers", dead_letters="nowhere", limits=LIMITS)
    assert await outcome(elsewhere) is None


@pytest.mark.parametrize(("name", "group"), [("nothing", "workers"), ("jobs", "nobody")])
async def test_a_queue_that_is_not_there_is_absent(redis, stream, name, group):
    assert await outcome(Queue(redis, stream=name, group=group)) is ErrorClass.ABSENT
