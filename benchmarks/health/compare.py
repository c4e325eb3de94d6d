"""Measures /health against a bare ASGI handler, and how often it asks its dependencies.

Required: at least 0.9 of the floor's requests a second over 32 connections with a fresh reading
(median of 5 interleaved pairs), and at most one round trip a second to each dependency. Exits 1
when it misses one. Each application runs in one uvicorn process, the load in another.
"""

import asyncio
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from redis.asyncio import Redis as Client

from keepwell.clock import SystemClock
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis
from keepwell.rehearsal.servers.server import free_port

PAIRS = 5
PAIR_S = 2.5  # for each of the two
COUNTED_S = 8
REQUIRED_RATIO = 0.9
# A window of 8 s may hold the beginnings of 9 seconds; none at all would be a cache, not a check.
ALLOWED_ROUND_TRIPS = range(1, COUNTED_S + 2)

_FOLDER = Path(__file__).parent
_LAST_QUERY = "select query_start from pg_stat_activity where application_name = 'keepwell-health'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement and what was measured."""

    name: str
    measured: str
    required: str
    is_met: bool


@contextmanager
def serve(app: str, environ: dict[str, str], *options: str) -> Iterator[int]:
    """One uvicorn process; the port at which it answers."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "uvicorn", f"apps:{app}", "--app-dir", str(_FOLDER)),
        *("--port", str(port), "--http", "httptools", "--loop", "asyncio"),
        *("--no-access-log", "--log-level", "warning", *options),
    ]
    with subprocess.Popen(command, env=os.environ | environ) as server:
        try:
            wait_until_open(port)
            yield port
        finally:
            server.terminate()


def wait_until_open(port: int) -> None:
    """Returns when something listens on the port; after 10 s the load will find that out."""
    clock = SystemClock()
    give_up_s = clock.monotonic_s() + 10
    while clock.monotonic_s() < give_up_s:
        try:
            asyncio.run(asyncio.open_connection("127.0.0.1", port))
        except OSError:
            clock.sleep(0.05)
        else:
            return


def load(*ports: int, seconds: float) -> list[str]:
    """The command that keeps 32 connections busy."""
    return [sys.executable, str(_FOLDER / "load.py"), str(seconds), *map(str, ports)]


def compare(floor: int, health: int) -> float:
    """The median ratio of the pairs; prints each. Who goes first changes from pair to pair."""
    print(f"{'pair':<6}{'floor req/s':>12}{'/health req/s':>15}{'ratio':>8}", flush=True)
    ratios = []
    for pair in range(1, PAIRS + 1):
        ports = (floor, health) if pair % 2 else (health, floor)
        ran = subprocess.run(load(*ports, seconds=PAIR_S), stdout=subprocess.PIPE, check=True)
        rate = dict(zip(ports, map(int, ran.stdout.split()), strict=True))
        ratios.append(rate[health] / rate[floor])
        print(f"{pair:<6}{rate[floor]:>12,}{rate[health]:>15,}{ratios[-1]:>8.2f}", flush=True)
    return statistics.median(ratios)


async def count_round_trips(port: int, postgres: Postgres, redis: Redis) -> tuple[int, int]:
    """How often the servers say that Postgres and Redis were asked during `COUNTED_S` of load.

    Redis counts its commands. Postgres counts no statement that touches no table, so the moments
    at which its last query began are collected, up to 100 a second.
    """
    client = Client.from_url(redis.url)
    connection = await asyncpg.connect(postgres.dsn)
    before = (await client.info("commandstats"))["cmdstat_set"]["calls"]
    queries = {await connection.fetchval(_LAST_QUERY)}
    loaded = await asyncio.create_subprocess_exec(
        *load(port, seconds=COUNTED_S), stdout=subprocess.DEVNULL
    )
    ended = asyncio.create_task(loaded.wait())
    while not ended.done():
        queries.add(await connection.fetchval(_LAST_QUERY))
        await asyncio.wait([ended], timeout=0.01)
    after = (await client.info("commandstats"))["cmdstat_set"]["calls"]
    await connection.close()
    await client.aclose()
    return len(queries) - 1, after - before


def measure() -> list[Row]:
    """Runs everything."""
    with start_postgres() as postgres, start_redis() as redis:
        environ = {"DATABASE_URL": postgres.dsn, "REDIS_URL": redis.url, "HEALTH_TOKEN": "token"}
        with (
            serve("floor", environ, "--lifespan", "off") as floor,
            serve("health", environ, "--factory") as health,
        ):
            ratio = compare(floor, health)
            asked = asyncio.run(count_round_trips(health, postgres, redis))
    return [
        Row(
            name="share of the floor's requests a second",
            measured=f"{ratio:.2f}",
            required=f">= {REQUIRED_RATIO}",
            is_met=ratio >= REQUIRED_RATIO,
        ),
        *(
            Row(
                name=f"round trips to {name} in {COUNTED_S} s of load",
                measured=str(count),
                required=f"1 to {ALLOWED_ROUND_TRIPS[-1]}",
                is_met=count in ALLOWED_ROUND_TRIPS,
            )
            for name, count in zip(("Postgres", "Redis"), asked, strict=True)
        ),
    ]


def main() -> int:
    """Prints the tables; 1 when a requirement is missed."""
    rows = measure()
    print(f"\n{'':<42}{'measured':>10}{'required':>10}")
    for row in rows:
        verdict = "ok" if row.is_met else "MISSED"
        print(f"{row.name:<42}{row.measured:>10}{row.required:>10}  {verdict}")
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
