import asyncpg
import pytest

from keepwell.health import Criticality, ErrorClass, Health, PoolFree, Scope, Settings
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio

PATHS = ("/health", "/readyz")


async def test_a_pool_that_is_used_to_the_last_is_saturated_until_one_comes_back(postgres_server):
    async with asyncpg.create_pool(postgres_server.dsn, min_size=0, max_size=2) as pool:
        check = PoolFree(pool)
        assert await outcome(check) is None  # it has none, and may have two
        async with pool.acquire():
            assert await outcome(check) is None
            async with pool.acquire():
                assert await outcome(check) is ErrorClass.SATURATED
            assert await outcome(check) is None


async def test_it_warns_and_takes_no_traffic_from_the_instance(postgres_server):
    async with asyncpg.create_pool(postgres_server.dsn, min_size=1, max_size=1) as pool:
        health = Health([PoolFree(pool)], settings=Settings())
        async with pool.acquire():
            replies = [await health.respond(path=path, method="GET") for path in PATHS]
        await health.close()
    assert [(reply.status, b'"warn"' in reply.body) for reply in replies] == [(200, True)] * 2


@pytest.mark.parametrize("criticality", [Criticality.WARN, Criticality.FAIL])
async def test_it_is_of_this_instance(postgres_server, criticality):
    async with asyncpg.create_pool(postgres_server.dsn, min_size=0, max_size=1) as pool:
        check = PoolFree(pool, criticality=criticality)
        assert (check.scope, check.criticality) == (Scope.LOCAL, criticality)
