"""The ASGI application: which path and method get which answer, and who may see details.

It holds no opinion about dependencies (`survey`) and none about the document (`document`).
"""

import hmac
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    MutableMapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

from keepwell.health.check import Check
from keepwell.health.clock import Clock, SystemClock
from keepwell.health.document import details, summary
from keepwell.health.draining import drain_at_sigterm
from keepwell.health.fleet import Fleet
from keepwell.health.metrics import metrics
from keepwell.health.postgres import Postgres
from keepwell.health.reading import Reading, Status
from keepwell.health.redis import Redis
from keepwell.health.reply import METHOD_NOT_ALLOWED, NOT_FOUND, Reply, metrics_reply, reply_with
from keepwell.health.settings import Settings
from keepwell.health.single_flight import SingleFlight
from keepwell.health.survey import Survey
from keepwell.health.timing import server_timing
from keepwell.health.verdict import judge_health, judge_readiness

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

_METRICS = "/metrics"
_PATHS = frozenset({"/health", "/readyz", "/livez"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What one survey found, with the answers for those who may not see details, by path."""

    readings: tuple[Reading, ...]
    documents: Mapping[str, dict[str, Any]]
    replies: Mapping[str, Reply]


class Health:
    """Serves /livez, /readyz and /health, alone or mounted at any prefix.

    /livez is 200 while the process can answer at all. /health is strict: 200 only when every
    critical check passed within the last `ttl_s`, else 503; let gates and monitors ask it. /readyz
    is for what polls and restarts, such as Render: as strict until the first pass, then 503 only
    for a fault of this instance (`verdict`). It belongs to one event loop.
    """

    def __init__(
        self,
        checks: Sequence[Check],
        *,
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> None:
        names = [check.name for check in checks]
        if not names or len(set(names)) < len(names):
            raise ValueError("/health needs at least one check, and each check a name of its own")
        self._settings = settings or Settings.from_environment()
        self._token = self._settings.health_token.encode()
        self._clock = clock or SystemClock()
        self._survey = Survey(checks, settings=self._settings, clock=self._clock)
        self._fleet = _fleet_of(checks)
        self._flight = SingleFlight(self._look, ttl_s=self._settings.ttl_s, clock=self._clock)
        self._paths = _PATHS | {_METRICS} if self._settings.has_metrics else _PATHS
        self._started_s = self._clock.monotonic_s()
        self._has_passed = False
        self._is_draining = False
        self._alive = reply_with(self._summary(Status.PASS))
        self._draining = reply_with(self._summary(Status.FAIL, notes=["stopping"]))

    @classmethod
    def from_environment(cls, *more: Check) -> Self:
        """Checks the Postgres at DATABASE_URL, the Redis at REDIS_URL, and what else is given.

        Raises:
            ValueError: one of them is not set; a check that is missing must not look like a pass.
                Or TLS is demanded, and the DSN would do without.
        """
        settings = Settings.from_environment()
        if not (settings.database_url and settings.redis_url):
            raise ValueError("/health needs the variables DATABASE_URL and REDIS_URL")
        checks = (
            Postgres(settings.database_url, require_tls=settings.require_tls),
            Redis(settings.redis_url, instance_id=settings.instance_id),
            *more,
        )
        return cls(checks, settings=settings)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request, or lives through the lifespan of a server."""
        if scope["type"] == "http":
            reply = await self.respond(
                path=_path_below_mount(scope), method=scope["method"], headers=scope["headers"]
            )
            # New containers for each answer: middleware may write into them.
            await send(
                {
                    "type": "http.response.start",
                    "status": reply.status,
                    "headers": [*reply.headers],
                }
            )
            await send({"type": "http.response.body", "body": reply.body})
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def respond(self, *, path: str, method: str, headers: Headers = ()) -> Reply:
        """The answer to one request, for a framework of any kind.

        `path` is the one below the mount ("/health"), names in `headers` are in lower case. The
        headers of an answer to HEAD are those of GET, its body is empty.
        """
        if path not in self._paths:
            return NOT_FOUND
        if method not in {"GET", "HEAD"}:
            return METHOD_NOT_ALLOWED
        reply = await self._answer(path, headers)
        return replace(reply, body=b"") if method == "HEAD" else reply

    def in_front_of(self, app: Application) -> Application:
        """An application that answers what is asked of /health and hands all else to `app`."""

        async def application(scope: Message, receive: Receive, send: Send) -> None:
            is_ours = scope["type"] == "http" and scope["path"] in self._paths
            await (self if is_ours else app)(scope, receive, send)

        return application

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        """From the start of an application to its end, for its argument `lifespan`.

        SIGTERM drains it `drain_s` before the server hears of it; at the end it is closed.
        """
        if self._settings.drain_s > 0:
            drain_at_sigterm(self.drain, stops_after_s=self._settings.drain_s)
        try:
            yield
        finally:
            await self.close()

    def drain(self) -> None:
        """From now on /health and /readyz answer 503, without I/O; for a handler of SIGTERM."""
        self._is_draining = True

    async def close(self) -> None:
        """Drains, lets the survey under way end, and closes the checks' connections.

        `lifespan` does this; an application with a lifespan of its own does it there.
        """
        self.drain()
        await self._flight.landed()
        await self._survey.close()

    async def _answer(self, path: str, headers: Headers) -> Reply:
        if path == "/livez":
            return self._alive
        if self._is_draining and path != _METRICS:
            return self._draining
        outcome = self._flight.fresh() or await self._flight.get()
        if self._may_see_details(headers):
            return self._detailed(outcome, path)
        return outcome.replies[path]

    async def _look(self) -> _Outcome:
        started_s = self._clock.monotonic_s()
        readings = await self._survey.take()
        took_s = self._clock.monotonic_s() - started_s
        only_here = self._fleet.note(readings, took_s=took_s) if self._fleet else ()
        strict = judge_health(readings)
        self._has_passed = self._has_passed or strict is not Status.FAIL
        notes = [] if self._has_passed else ["starting"]
        ready = judge_readiness(readings, has_passed=self._has_passed, only_here=only_here)
        documents = {
            "/health": self._summary(strict, notes=notes),
            "/readyz": self._summary(ready, notes=notes),
        }
        replies = {path: reply_with(document) for path, document in documents.items()}
        replies[_METRICS] = metrics_reply(metrics(strict))
        return _Outcome(readings=readings, documents=documents, replies=replies)

    def _summary(self, status: Status, *, notes: Sequence[str] = ()) -> dict[str, Any]:
        return summary(status, release_id=self._settings.release_id, notes=notes)

    def _detailed(self, outcome: _Outcome, path: str) -> Reply:
        if path == _METRICS:
            return metrics_reply(metrics(judge_health(outcome.readings), outcome.readings))
        seen = details(
            outcome.readings,
            instance_id=self._settings.instance_id,
            uptime_s=self._clock.monotonic_s() - self._started_s,
        )
        timing = (b"server-timing", server_timing(outcome.readings))
        return reply_with(outcome.documents[path] | seen, more=(timing,))

    def _may_see_details(self, headers: Headers) -> bool:
        if not self._token:
            return False
        for name, value in headers:
            if name == b"authorization":
                scheme, _, credentials = value.partition(b" ")
                is_same = hmac.compare_digest(credentials.strip(), self._token)
                return scheme.lower() == b"bearer" and is_same
        return False

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self.lifespan():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _path_below_mount(scope: Message) -> str:
    """The path without the prefix at which the application is mounted.

    `path` holds `root_path` by the specification, and lacks it in older frameworks.
    Source: https://asgi.readthedocs.io/en/latest/specs/www.html (read 2026-11)
    """
    path: str = scope["path"]
    prefix: str = scope.get("root_path", "")
    return path.removeprefix(prefix) if prefix and path.startswith(f"{prefix}/") else path


def _fleet_of(checks: Sequence[Check]) -> Fleet | None:
    """What tells of the other instances: the first Redis; None where there is none."""
    return next((check.fleet for check in checks if isinstance(check, Redis)), None)
