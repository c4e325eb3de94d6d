"""What the measurements run on: real servers, intake and worker as processes of their own."""

import asyncio
import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from redis.asyncio import Redis as Client

from benchmarks.isolation.load import SECRET
from examples.livestreamsell.events import read_events
from keepwell.clock import SystemClock
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis
from keepwell.rehearsal.servers.server import free_port

STREAM, REPLIES, DEAD = "webhooks", "webhooks:replies", "webhooks:dead"
UVICORN = ("-m", "uvicorn", "--host", "127.0.0.1", "--port")

_ROOT = Path(__file__).parents[2]
_STARTS_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load met: status and ms of each first try, and what was answered with 200 at last."""

    first: Mapping[str, tuple[int, float]]
    acknowledged: frozenset[str]

    @property
    def latencies_ms(self) -> list[float]:
        """Of what was answered with 200 at once."""
        return [latency for status, latency in self.first.values() if status == 200]

    @property
    def not_200(self) -> int:
        """First tries that failed."""
        return len(self.first) - len(self.latencies_ms)


class Service:
    """One process of the service, which can be killed and started again."""

    def __init__(self, *arguments: str, environ: Mapping[str, str]) -> None:
        self._command = [sys.executable, *arguments]
        self._environ = {**os.environ, **environ, "LOG_LEVEL": "error"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; does not wait for it."""
        self._process = subprocess.Popen(
            self._command,
            cwd=_ROOT,
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """Kills it with SIGKILL; does nothing when it is gone."""
        if self._process:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def running(self) -> Iterator["Service"]:
        """Runs it until the block ends."""
        self.start()
        try:
            yield self
        finally:
            self.kill()


class Stage:
    """The servers and what they hold."""

    def __init__(self, postgres: Postgres, redis: Redis) -> None:
        self.postgres = postgres
        self.redis = redis
        self._numbers = itertools.count()

    def environ(self, **others: str) -> dict[str, str]:
        """What intake and worker are told; each has a name of its own."""
        return {
            "DATABASE_URL": self.postgres.dsn,
            "REDIS_URL": self.redis.url,
            "META_APP_SECRET": SECRET,
            "META_VERIFY_TOKEN": "token",
            "HEALTH_TOKEN": "token",
            "RENDER_INSTANCE_ID": f"instance-{next(self._numbers)}",
            **others,
        }

    @contextmanager
    def intake(self, app: str = "examples.livestreamsell.main:app", **others: str) -> Iterator[int]:
        """The web service as it is deployed; the port at which it answers."""
        service, port = self.intake_service(app, **others)
        with service.running():
            wait_until_open(port)
            yield port

    def intake_service(
        self, app: str = "examples.livestreamsell.main:app", **others: str
    ) -> tuple[Service, int]:
        """The web service, not started, and its port."""
        port = free_port()
        return Service(*UVICORN, str(port), app, environ=self.environ(**others)), port

    def worker(self, **others: str) -> Service:
        """A worker, not started."""
        return Service("-m", "examples.livestreamsell.worker", environ=self.environ(**others))

    def clear(self) -> None:
        """Empties Redis."""
        self.on_redis(lambda queue: queue.flushall())

    def on_redis(self, use: Callable[[Client], Awaitable[Any]]) -> Any:
        """What `use` finds there."""

        async def run() -> Any:
            async with Client.from_url(self.redis.url) as queue:
                return await use(queue)

        return asyncio.run(run())

    def rows(self, statement: str) -> list[Any]:
        """What Postgres answers."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.postgres.dsn)
            try:
                return [tuple(row) for row in await connection.fetch(statement)]
            finally:
                await connection.close()

        return asyncio.run(run())

    def effects(self) -> Counter[str]:
        """How often each event was answered or given up on."""

        async def read(queue: Client) -> Counter[str]:
            replies: Any = await queue.xrange(REPLIES)
            letters: Any = await queue.xrange(DEAD)
            return Counter(fields[b"event"].decode() for _, fields in replies + letters)

        found: Counter[str] = self.on_redis(read)
        return found

    def queued(self) -> set[str]:
        """The events that stand in the stream."""
        entries: Any = self.on_redis(lambda queue: queue.xrange(STREAM))
        return {event.id for _, fields in entries for event in read_events(fields[b"body"])}


@contextmanager
def stage() -> Iterator[Stage]:
    """Servers of their own. Redis forces each append to disk before it answers.

    That is the setting with which a 200 may promise something: with everysec, what came in the
    second before a machine dies is gone, and a write may wait for a slow disk in memory, where
    even the death of the process takes it.
    Source: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
    """
    with (
        start_postgres() as postgres,
        start_redis(append_only=True, appendfsync="always") as redis,
    ):
        yield Stage(postgres, redis)


@contextmanager
def load(port: int, *, rate: int, seconds: float, prefix: str, tries: int = 1) -> Iterator[Any]:
    """Runs the load beside the block; the answer waits for its end."""
    command = [
        *(sys.executable, "-m", "benchmarks.isolation.load", "--port", str(port)),
        *("--rate", str(rate), "--seconds", str(seconds)),
        *("--prefix", prefix, "--tries", str(tries)),
    ]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE) as process:

        def wait() -> Loaded:
            found = json.loads(process.communicate()[0])
            return Loaded(first=found["first"], acknowledged=frozenset(found["acknowledged"]))

        try:
            yield wait
        finally:
            process.kill()


def wait_until_open(port: int) -> None:
    """Returns when something listens on the port."""
    wait_until(lambda: _is_open(port), within_s=_STARTS_WITHIN_S, what=f"port {port} to open")


def wait_until(holds: Callable[[], bool], *, within_s: float, what: str) -> None:
    """Returns when it holds.

    Raises:
        TimeoutError: it did not in time.
    """
    clock = SystemClock()
    give_up_s = clock.monotonic_s() + within_s
    while not holds():
        if clock.monotonic_s() > give_up_s:
            raise TimeoutError(f"waited {within_s:.0f} s for {what}")
        clock.sleep(0.05)


def _is_open(port: int) -> bool:
    async def connect() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    try:
        asyncio.run(connect())
    except OSError:
        return False
    return True
