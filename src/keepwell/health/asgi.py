"""The ASGI application: which path and method get which answer, and who may see details.

It holds no opinion about dependencies (`survey`) and none about the document (`document`).
"""

import hmac
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from keepwell.health.check import Check
from keepwell.health.clock import Clock, SystemClock
from keepwell.health.document import MEDIA_TYPE, details, encode, summary
from keepwell.health.postgres import Postgres
from keepwell.health.reading import Reading
from keepwell.health.redis import Redis
from keepwell.health.settings import Settings
from keepwell.health.single_flight import SingleFlight
from keepwell.health.survey import Survey

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in bytes, made once and sent many times."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What one survey found, with the answer for those who may not see details."""

    readings: tuple[Reading, ...]
    document: dict[str, Any]
    reply: Reply


class Health:
    """Serves /livez and /health, alone or mounted at any prefix.

    /livez is 200 while the process can answer at all: let Render restart by it. /health is 200
    only when every check passed within the last two `ttl_s`, else 503: let gates and monitors ask
    it. It belongs to one event loop.
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
        self._flight = SingleFlight(self._look, ttl_s=self._settings.ttl_s, clock=self._clock)
        self._started_s = self._clock.monotonic_s()
        self._has_passed = False
        self._is_draining = False
        self._alive = _reply(200, self._summary(is_pass=True))
        self._draining = _reply(503, self._summary(is_pass=False, notes=["stopping"]))

    @classmethod
    def from_environment(cls) -> Self:
        """Checks the Postgres at DATABASE_URL and the Redis at REDIS_URL.

        Raises:
            ValueError: one of them is not set; a check that is missing must not look like a pass.
        """
        settings = Settings.from_environment()
        if not (settings.database_url and settings.redis_url):
            raise ValueError("/health needs the variables DATABASE_URL and REDIS_URL")
        checks = (
            Postgres(settings.database_url),
            Redis(settings.redis_url, instance_id=settings.instance_id),
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
        if path not in {"/health", "/livez"}:
            return _NOT_FOUND
        if method not in {"GET", "HEAD"}:
            return _METHOD_NOT_ALLOWED
        reply = await self._answer(path, headers)
        return replace(reply, body=b"") if method == "HEAD" else reply

    def drain(self) -> None:
        """From now on /health answers 503, without I/O; for a handler of SIGTERM."""
        self._is_draining = True

    async def close(self) -> None:
        """Drains, lets the survey under way end, and closes the checks' connections.

        The lifespan of a server does this; an application that mounts it does it in its own.
        """
        self.drain()
        await self._flight.landed()
        await self._survey.close()

    async def _answer(self, path: str, headers: Headers) -> Reply:
        if path == "/livez":
            return self._alive
        if self._is_draining:
            return self._draining
        outcome = self._flight.fresh() or await self._flight.get()
        return self._detailed(outcome) if self._may_see_details(headers) else outcome.reply

    async def _look(self) -> _Outcome:
        readings = await self._survey.take()
        is_pass = all(reading.error is None for reading in readings)
        self._has_passed = self._has_passed or is_pass
        document = self._summary(is_pass=is_pass, notes=[] if self._has_passed else ["starting"])
        reply = _reply(200 if is_pass else 503, document)
        return _Outcome(readings=readings, document=document, reply=reply)

    def _summary(self, *, is_pass: bool, notes: Sequence[str] = ()) -> dict[str, Any]:
        return summary(is_pass=is_pass, release_id=self._settings.release_id, notes=notes)

    def _detailed(self, outcome: _Outcome) -> Reply:
        seen = details(
            outcome.readings,
            instance_id=self._settings.instance_id,
            uptime_s=self._clock.monotonic_s() - self._started_s,
        )
        return _reply(outcome.reply.status, outcome.document | seen)

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
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})


def _path_below_mount(scope: Message) -> str:
    """The path without the prefix at which the application is mounted.

    `path` holds `root_path` by the specification, and lacks it in older frameworks.
    Source: https://asgi.readthedocs.io/en/latest/specs/www.html (read 2026-11)
    """
    path: str = scope["path"]
    prefix: str = scope.get("root_path", "")
    return path.removeprefix(prefix) if prefix and path.startswith(f"{prefix}/") else path


def _reply(status: int, document: dict[str, Any]) -> Reply:
    body = encode(document)
    headers = ((b"content-type", MEDIA_TYPE.encode()), *_empty_headers(len(body)))
    return Reply(status, headers, body)


def _empty_headers(length: int = 0) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"content-length", b"%d" % length), (b"cache-control", b"no-store"))


_NOT_FOUND = Reply(404, _empty_headers())
_METHOD_NOT_ALLOWED = Reply(405, (*_empty_headers(), (b"allow", b"GET, HEAD")))
