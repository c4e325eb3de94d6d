"""The service under test: `keepwell.health` alone behind uvicorn, run as `python -m` of this module.

Its variables are a user's (DATABASE_URL ...) and some of the matrix: PORT; CHECKS, which adds to
the two checks that every service has; NAMES, a file of names and addresses that stands for DNS;
HASTE, how much faster than the machine's its clock runs.
"""

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from keepwell.health import (
    Check,
    EventLoopLag,
    Health,
    Heartbeats,
    Limits,
    Migrations,
    NoEviction,
    Postgres,
    Queue,
    Redis,
    Settings,
)
from keepwell.health.asgi import Message, Receive, Send
from tests.faults.health.stage import MIGRATION, TABLE
from tests.faults.health.work import GROUP, STREAM

STOPS_AFTER_S = 4.0
"""How long it serves on after SIGTERM."""

HOG_S, LAG_MS = 0.7, 400.0
"""How long a hogging application holds its loop each time, and what is too long."""

QUEUED_S = 1.0
"""An entry that waits longer is too old here."""


class HastyClock:
    """The machine's clock, `haste` times as fast."""

    def __init__(self, haste: float) -> None:
        self._haste = haste

    def now(self) -> datetime:
        """The time of day, not hastened: only what lasts is."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds since some fixed moment, hastened."""
        return time.monotonic() * self._haste


class NamesLoop(asyncio.SelectorEventLoop):
    """A loop that looks names up in a file first, as a machine does in its hosts file."""

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        """The addresses of a name at this moment."""
        return await super().getaddrinfo(_names().get(host, host), port, **options)


class App:
    """/health and its kin; `POST /hog` makes it hold its loop again and again, another ends that."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._hog: asyncio.Task[None] | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or scope["path"] != "/hog":
            await self._health(scope, receive, send)
            return
        if self._hog is None:
            self._hog = asyncio.create_task(_hog())
        else:
            self._hog.cancel()
            self._hog = None
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


class DrainingServer(uvicorn.Server):
    """Serves on for a while after SIGTERM, as Render's own balancer needs it."""

    health: Health

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Drains first, and stops later."""
        self.health.drain()
        loop = asyncio.get_running_loop()
        loop.call_later(STOPS_AFTER_S, super().handle_exit, sig, frame)


def _names() -> Mapping[str, str]:
    lines = Path(os.environ["NAMES"]).read_text().splitlines()
    return dict(line.split() for line in lines)


async def _hog() -> None:
    while True:
        time.sleep(HOG_S)  # noqa: ASYNC251 - which is the fault
        await asyncio.sleep(0.05)


def checks(settings: Settings, *, more: Sequence[str]) -> Sequence[Check]:
    """The two that every service has, and those asked for."""
    table = TABLE if "writes" in more else ""
    postgres = Postgres(settings.database_url, write_table=table, write_every=1)
    redis = Redis(settings.redis_url, instance_id=settings.instance_id)
    makers: Mapping[str, Callable[[], Check]] = {
        "queue": lambda: Queue(redis, stream=STREAM, group=GROUP, limits=Limits(age_s=QUEUED_S)),
        "workers": lambda: Heartbeats(redis),
        "eviction": lambda: NoEviction(redis),
        "migrations": lambda: Migrations(postgres, newest=MIGRATION),
        "event_loop": lambda: EventLoopLag(at_most_ms=LAG_MS),
    }
    return (postgres, redis, *(makers[name]() for name in more if name in makers))


def main() -> None:
    """Serves until it is told to stop."""
    settings = Settings.from_environment()
    more = os.environ["CHECKS"].split()
    clock = HastyClock(float(os.environ["HASTE"]))
    health = Health(checks(settings, more=more), settings=settings, clock=clock)
    config = uvicorn.Config(
        App(health),
        port=int(os.environ["PORT"]),
        loop=f"{__spec__.name}:NamesLoop",
        log_level="warning",
    )
    server = DrainingServer(config)
    server.health = health
    server.run()


if __name__ == "__main__":
    main()
