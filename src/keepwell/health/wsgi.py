"""/health for WSGI: Django, Flask and all that has no event loop.

The checks live in an event loop of their own, in one thread for each process. It starts with the
first question, not with the import: a server that loads the application and forks then (gunicorn
--preload) would leave the thread behind and hand its sockets to every worker.
"""

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from keepwell.health.asgi import Health
from keepwell.health.budget import TOTAL_S
from keepwell.health.document import summary
from keepwell.health.reading import Status
from keepwell.health.reply import NOT_FOUND, Reply, reply_with

_WAITS_S = TOTAL_S + 0.5
_STUCK = reply_with(summary(Status.FAIL))
StartResponse = Callable[..., object]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class WsgiHealth:
    """Answers what is asked of /health; all else goes to `app`, or is not found without one.

    `make` makes the Health of a process. It is called once here too, so that a variable that is
    missing shows at the start.
    """

    def __init__(
        self,
        app: Application | None = None,
        *,
        make: Callable[[], Health] = Health.from_environment,
    ) -> None:
        make()
        self._app = app
        self._make = make
        self._lock = threading.Lock()
        self._run: _Running | None = None
        os.register_at_fork(after_in_child=self._forget)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        reply = self._respond(environ)
        if reply is NOT_FOUND and self._app is not None:
            return self._app(environ, start_response)
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in reply.headers
        ]
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", headers)
        return [reply.body]

    def drain(self) -> None:
        """From now on /health and /readyz of this process answer 503."""
        self._running().health.drain()

    def close(self) -> None:
        """Closes the connections of this process and ends its thread."""
        with self._lock:
            running, self._run = self._run, None
        if running is not None:
            running.close()

    def _respond(self, environ: dict[str, Any]) -> Reply:
        headers = []
        if authorization := environ.get("HTTP_AUTHORIZATION"):
            headers.append((b"authorization", authorization.encode("latin-1")))
        return self._running().respond(
            path=environ.get("PATH_INFO", ""), method=environ["REQUEST_METHOD"], headers=headers
        )

    def _running(self) -> "_Running":
        with self._lock:
            if self._run is None:
                self._run = _Running(self._make())
            return self._run

    def _forget(self) -> None:
        """What a parent process runs is not ours; its lock may be held by a thread that is gone."""
        self._lock = threading.Lock()
        self._run = None


class _Running:
    """A Health with the loop in which it lives."""

    def __init__(self, health: Health) -> None:
        self.health = health
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="keepwell-health", daemon=True
        )
        self._thread.start()

    def respond(self, *, path: str, method: str, headers: list[tuple[bytes, bytes]]) -> Reply:
        asked = self.health.respond(path=path, method=method, headers=headers)
        future = asyncio.run_coroutine_threadsafe(asked, self._loop)
        try:
            return future.result(_WAITS_S)
        except concurrent.futures.TimeoutError:  # a check blocks the loop
            future.cancel()
            return _STUCK

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.health.close(), self._loop).result(_WAITS_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
