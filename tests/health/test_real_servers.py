"""/health against real servers that die, freeze and come back."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis as Client

from keepwell.health import Health, Postgres, Redis, Settings
from keepwell.rehearsal.servers import Postgres as PostgresServer
from keepwell.rehearsal.servers import Redis as RedisServer
from tests.health.asking import Answer, ManualClock, ask

pytestmark = pytest.mark.anyio

BEARER = b"Bearer t0ken"


class Service:
    """A service with /health whose clock the test moves, so that a reading ages at once."""

    def __init__(self, postgres: PostgresServer, redis: RedisServer, *, dsn: str = "") -> None:
        self.clock = ManualClock()
        self.settings = Settings(
            database_url=dsn or postgres.dsn,
            redis_url=redis.url,
            health_token="t0ken",
            release_id="f926f80",
            instance_id="srv-1",
        )
        checks = (
            Postgres(self.settings.database_url),
            Redis(self.settings.redis_url, instance_id="srv-1"),
        )
        self.health = Health(checks, settings=self.settings, clock=self.clock)

    async def ask_anew(self) -> Answer:
        self.clock.passed_s += 10
        return await ask(self.health, authorization=BEARER)


@pytest.fixture
async def service(postgres_server, redis_server) -> AsyncIterator[Service]:
    service = Service(postgres_server, redis_server)
    yield service
    await service.health.close()


def outputs(answer: Answer) -> dict[str, str]:
    """What failed, by component."""
    return {
        name.removesuffix(":responseTime"): reading["output"]
        for name, (reading,) in answer.document["checks"].items()
        if reading["status"] == "fail"
    }


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


async def redis_sets(server: RedisServer) -> int:
    client = Client.from_url(server.url)
    commands = await client.info("commandstats")
    await client.aclose()
    return int(commands["cmdstat_set"]["calls"])


async def backends(server: PostgresServer) -> int:
    """How many connections Postgres sees, once those that it met frozen have ended."""
    connection = await asyncpg.connect(server.dsn)
    count = "select count(*) from pg_stat_activity where application_name = 'keepwell-health'"
    for _ in range(200):
        found: int = await connection.fetchval(count)
        if found <= 1:
            break
        await asyncio.sleep(0.05)
    await connection.close()
    return found


async def test_both_up_is_a_pass_with_latencies(service):
    answer = await service.ask_anew()
    assert (answer.status, answer.document["status"]) == (200, "pass")
    for component in ("postgres", "redis"):
        (reading,) = answer.document["checks"][f"{component}:responseTime"]
        assert 0 < reading["observedValue"] < 2000
        assert reading["observedUnit"] == "ms"


async def test_a_killed_redis_is_refused_until_it_is_back(service, redis_server):
    assert (await service.ask_anew()).status == 200
    redis_server.kill()
    try:
        down = await service.ask_anew()
    finally:
        redis_server.start()
    assert (down.status, outputs(down)) == (503, {"redis": "refused"})
    assert (await service.ask_anew()).status == 200


async def test_a_killed_postgres_is_refused_until_it_is_back(service, postgres_server):
    assert (await service.ask_anew()).status == 200
    postgres_server.kill()
    try:
        down = await service.ask_anew()
    finally:
        postgres_server.start()
    assert (down.status, outputs(down)) == (503, {"postgres": "refused"})
    assert (await service.ask_anew()).status == 200


async def test_a_frozen_postgres_costs_twenty_probes_one_round_trip_within_4_s(
    service, postgres_server, redis_server
):
    assert (await service.ask_anew()).status == 200
    before = await redis_sets(redis_server)
    service.clock.passed_s += 10
    postgres_server.freeze()
    try:
        async with asyncio.timeout(4):
            answers = await asyncio.gather(
                *(ask(service.health, authorization=BEARER) for _ in range(20))
            )
    finally:
        postgres_server.thaw()
    assert {answer.status for answer in answers} == {503}
    assert outputs(answers[0]) == {"postgres": "timeout"}
    assert await redis_sets(redis_server) == before + 1
    assert (await service.ask_anew()).status == 200


async def test_a_frozen_redis_times_out_and_its_late_answer_counts_for_nothing(
    service, redis_server
):
    assert (await service.ask_anew()).status == 200
    redis_server.freeze()
    try:
        frozen = await service.ask_anew()
    finally:
        redis_server.thaw()
    assert (frozen.status, outputs(frozen)) == (503, {"redis": "timeout"})
    assert (await service.ask_anew()).status == 200


@pytest.mark.slow
async def test_frozen_servers_leave_no_connection_behind(service, postgres_server, redis_server):
    await service.ask_anew()
    before = open_files()
    for server in (postgres_server, redis_server):
        server.freeze()
    try:
        frozen = [await service.ask_anew() for _ in range(2)]
    finally:
        for server in (postgres_server, redis_server):
            server.thaw()
    assert [outputs(each) for each in frozen] == [{"postgres": "timeout", "redis": "timeout"}] * 2
    assert (await service.ask_anew()).status == 200
    assert open_files() <= before
    assert await backends(postgres_server) == 1


async def test_a_caller_who_goes_away_does_not_fail_the_others(service, postgres_server):
    service.clock.passed_s += 10
    postgres_server.freeze()
    try:
        leaving, staying = (asyncio.create_task(ask(service.health)) for _ in range(2))
        await asyncio.sleep(0.1)
        leaving.cancel()
    finally:
        postgres_server.thaw()
    assert (await staying).status == 200
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_wrong_password_is_auth_and_tells_no_secret(postgres_server, redis_server):
    dsn = f"postgresql://postgres:wr0ng@127.0.0.1:{postgres_server.port}/postgres"
    service = Service(postgres_server, redis_server, dsn=dsn)
    answer = await service.ask_anew()
    await service.health.close()
    assert (answer.status, outputs(answer)) == (503, {"postgres": "auth"})
    assert answer.document["notes"] == ["starting"]
    for secret in (b"wr0ng", b"t0ken", b"127.0.0.1", b"password", b"Error", b"Traceback"):
        assert secret not in answer.body


async def test_closing_gives_the_connections_back(postgres_server, redis_server):
    service = Service(postgres_server, redis_server)
    before = open_files()
    assert (await service.ask_anew()).status == 200
    assert open_files() == before + 2
    await service.health.close()
    await asyncio.sleep(0)
    assert open_files() == before


def test_a_service_imports_health_without_the_command_line():
    program = (
        "import sys, keepwell.health; print(*sorted(m.partition('.')[0] for m in sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path.home()
    )
    loaded = set(ran.stdout.split())
    assert "keepwell" in loaded
    assert loaded.isdisjoint(
        {"jinja2", "click", "httpx", "pydantic", "yaml", "asyncpg", "redis", "starlette"}
    )
