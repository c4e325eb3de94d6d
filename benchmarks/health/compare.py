"""Measures /health against a bare ASGI handler and five libraries, and what it asks of others.

Required: at least 0.9 of the floor's requests a second over 32 connections with a fresh reading
(median of 5 interleaved pairs), at most one round trip a second to each dependency, and five times
the requests a second of each library. Exits 1 when it misses one. Each application runs in one
uvicorn process, the load in another.
"""

import asyncio
import statistics
import subprocess
import sys
from dataclasses import dataclass

import asyncpg
from redis.asyncio import Redis as Client

from benchmarks.health.against import LIBRARIES, REQUIRED_FACTOR, compare_libraries
from benchmarks.health.serving import load, serve
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis

PAIRS = 5
PAIR_S = 2.5  # for each of the two
COUNTED_S = 8
REQUIRED_RATIO = 0.9
# A window of 8 s may hold the beginnings of 9 seconds; none at all would be a cache, not a check.
ALLOWED_ROUND_TRIPS = range(1, COUNTED_S + 2)

_LAST_QUERY = "select query_start from pg_stat_activity where application_name = 'keepwell-health'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement and what was measured."""

    name: str
    measured: str
    required: str
    is_met: bool


def compare(floor: int, health: int) -> float:
    """The median ratio of the pairs; prints each. Who goes first changes from pair to pair."""
    print(f"{'pair':<6}{'floor req/s':>12}{'/health req/s':>15}{'ratio':>8}", flush=True)
    ratios = []
    for pair in range(1, PAIRS + 1):
        ports = (floor, health) if pair % 2 else (health, floor)
        ran = subprocess.run(load(*ports, seconds=PAIR_S), stdout=subprocess.PIPE, check=True)
        rates = [int(word.split(b":")[0]) for word in ran.stdout.split()]
        rate = dict(zip(ports, rates, strict=True))
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
            serve("apps:floor", environ, "--lifespan", "off") as floor,
            serve("apps:health", environ, "--factory") as health,
        ):
            ratio = compare(floor, health)
            asked = asyncio.run(count_round_trips(health, postgres, redis))
            factors = compare_libraries(health, environ)
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
        *(
            Row(
                name=f"times the requests a second of {name}",
                measured=f"{factors[name]:.1f}",
                required=f">= {REQUIRED_FACTOR}",
                is_met=factors[name] >= REQUIRED_FACTOR,
            )
            for name in LIBRARIES
        ),
    ]


def main() -> int:
    """Prints the tables; 1 when a requirement is missed."""
    rows = measure()
    print(f"\n{'':<52}{'measured':>10}{'required':>10}")
    for row in rows:
        verdict = "ok" if row.is_met else "MISSED"
        print(f"{row.name:<52}{row.measured:>10}{row.required:>10}  {verdict}")
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
