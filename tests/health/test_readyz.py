"""/readyz: how it comes up, and what it makes of faults that are shared and of those that are not.

Time is real, because Redis ends keys by its own; a reading counts for 20 ms.
"""

import asyncio

import pytest
from redis.asyncio import Redis as Client

from keepwell.health import Criticality, Health, Redis, Scope, Settings
from tests.health.asking import ManualClock, OwnCheck, ask

pytestmark = pytest.mark.anyio


class Instance:
    """One of several instances of a service."""

    def __init__(self, redis_server, *, name: str, scope=Scope.SHARED) -> None:
        self.dependency = OwnCheck("postgres", scope=scope)
        redis = Redis(redis_server.url, instance_id=name)
        settings = Settings(instance_id=name, ttl_s=0.02)
        self.health = Health([self.dependency, redis], settings=settings)

    async def look(self) -> tuple[int, str]:
        """What Render sees once the last reading is too old."""
        await asyncio.sleep(0.03)
        answer = await ask(self.health, "/readyz")
        return answer.status, answer.document["status"]

    def breaks(self) -> None:
        self.dependency.error = ConnectionRefusedError()

    def mends(self) -> None:
        self.dependency.error = None


OPEN = (200, "warn")
SHUT = (503, "fail")
WELL = (200, "pass")


@pytest.fixture
async def instances(redis_server):
    made = [Instance(redis_server, name=name) for name in ("srv-1", "srv-2")]
    yield made
    for each in made:
        await each.health.close()
    await forget(redis_server)


async def forget(redis_server) -> None:
    """Ends the key of the last pass before its time."""
    client = Client.from_url(redis_server.url)
    await client.delete("hc:fleet:postgres")
    await client.aclose()


async def test_it_is_strict_until_the_first_pass(instances):
    first, _ = instances
    first.breaks()
    assert [await first.look() for _ in range(3)] == [SHUT] * 3
    assert (await ask(first.health, "/readyz")).document["notes"] == ["starting"]
    first.mends()
    assert await first.look() == WELL
    first.breaks()
    assert [await first.look() for _ in range(20)] == [OPEN] * 20
    assert (await ask(first.health, "/health")).status == 503


async def test_what_all_share_takes_no_instance_out(instances):
    first, second = instances
    for _ in range(3):
        assert (await first.look(), await second.look()) == (WELL, WELL)
    for each in instances:
        each.breaks()
    seen = [(await first.look(), await second.look()) for _ in range(15)]
    assert seen == [(OPEN, OPEN)] * 15


async def test_what_only_one_cannot_reach_takes_that_one_out(instances):
    first, second = instances
    for _ in range(3):
        assert (await first.look(), await second.look()) == (WELL, WELL)
    first.breaks()
    seen = [(await first.look(), await second.look()) for _ in range(15)]
    assert {theirs for _, theirs in seen} == {WELL}
    ours = [mine for mine, _ in seen]
    assert ours[:1] == [OPEN]  # nobody else passed since it broke
    assert ours[3:] == [SHUT] * 12
    first.mends()
    assert await first.look() == WELL


async def test_when_the_others_break_too_it_is_let_in_again(instances, redis_server):
    first, second = instances
    await first.look()
    first.breaks()
    for _ in range(4):
        await second.look()
        seen = await first.look()
    assert seen == SHUT
    second.breaks()
    await second.look()
    await second.look()
    await forget(redis_server)
    assert await first.look() == OPEN


async def test_without_redis_every_fault_counts_as_shared(instances, redis_server):
    first, second = instances
    await first.look()
    first.breaks()
    for _ in range(4):
        await second.look()
        assert await first.look() in {OPEN, SHUT}
    redis_server.kill()
    try:
        assert [await first.look() for _ in range(3)] == [OPEN] * 3
    finally:
        redis_server.start()


async def test_a_local_fault_takes_it_out_at_once(redis_server):
    only = Instance(redis_server, name="srv-1", scope=Scope.LOCAL)
    assert await only.look() == WELL
    only.breaks()
    assert await only.look() == SHUT
    await only.health.close()


@pytest.mark.parametrize("path", ["/health", "/readyz"])
async def test_what_only_warns_is_200_on_both(path):
    checks = OwnCheck("db"), OwnCheck("w", error=TimeoutError(), criticality=Criticality.WARN)
    answer = await ask(Health(checks, settings=Settings(), clock=ManualClock()), path)
    assert (answer.status, answer.document) == (200, {"status": "warn"})


async def test_it_shares_the_survey_with_health():
    check = OwnCheck()
    app = Health([check], settings=Settings(), clock=ManualClock())
    for path in ("/health", "/readyz", "/health"):
        assert (await ask(app, path)).status == 200
    assert check.asked == 1
