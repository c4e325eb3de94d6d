import pytest
from redis.asyncio import Redis as Client

from keepwell.health import Criticality, ErrorClass, NoEviction, Redis
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio


@pytest.fixture
async def redis(redis_server):
    check = Redis(redis_server.url, instance_id="srv-1")
    yield check
    await check.close()


@pytest.fixture
async def admin(redis_server):
    client = Client.from_url(redis_server.url)
    yield client
    await client.config_set("maxmemory-policy", "noeviction")
    await client.aclose()


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("noeviction", None),
        ("allkeys-lru", ErrorClass.EVICTS),  # what a Blueprint of Render gives
        ("volatile-lru", ErrorClass.EVICTS),
        ("allkeys-random", ErrorClass.EVICTS),
        ("volatile-ttl", ErrorClass.EVICTS),
    ],
)
async def test_only_noeviction_keeps_everything(redis, admin, policy, expected):
    await admin.config_set("maxmemory-policy", policy)
    assert await outcome(NoEviction(redis)) is expected


async def test_it_needs_no_right_to_see_the_configuration(redis, redis_server, admin):
    await admin.execute_command("ACL SETUSER guest on >pw ~* +@all -config")
    guest = Redis(redis_server.url.replace("//", "//guest:pw@"), instance_id="srv-1")
    assert await outcome(NoEviction(guest)) is None
    await guest.close()


async def test_it_asks_over_the_connection_of_the_other_check(redis, admin):
    assert await outcome(redis) is None
    before = len(await admin.client_list())
    assert await outcome(NoEviction(redis)) is None
    assert len(await admin.client_list()) == before


async def test_it_warns_unless_told_otherwise(redis):
    assert NoEviction(redis).criticality is Criticality.WARN
    assert NoEviction(redis, criticality=Criticality.FAIL).criticality is Criticality.FAIL
