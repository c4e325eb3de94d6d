"""The loop in which lines run, in a thread of its own: whoever breaks them need not be asynchronous."""

import asyncio
import ssl
import threading
from collections.abc import Coroutine
from typing import Any, Literal, Self

from keepwell.rehearsal.servers.server import free_port
from tests.faults.health.line import LOOPBACK, Line, Way

_WITHIN_S = 5.0


class Lines:
    """Opens lines, breaks and mends them; all are gone when the block ends."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lines")
        self._opened: list[Line] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._opened:
            self._run(line.close())
        self._run(_ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(
        self,
        speaks: Literal["postgres", "redis"],
        *,
        server_port: int,
        host: str = LOOPBACK,
        port: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> Line:
        """A line to a server on loopback, in good order."""
        line = Line(
            server_port=server_port, speaks=speaks, port=port or free_port(), host=host, tls=tls
        )
        self._opened.append(line)
        self._run(line.listen())
        return line

    def fail(self, line: Line, way: Way, *, delay_s: float = 0.0) -> None:
        """Breaks a line."""
        self._run(line.fail(way, delay_s=delay_s))

    def mend(self, line: Line) -> None:
        """Mends a line."""
        self._run(line.mend())

    def present(self, line: Line, tls: ssl.SSLContext | None) -> None:
        """Lets a line show another certificate, or none."""
        self._run(line.present(tls))

    def lead(self, line: Line, *, server_port: int) -> None:
        """Lets a line lead to another server."""
        self._run(line.lead_to(server_port))

    def hang_up(self, line: Line) -> None:
        """Ends a line's connections; new ones are taken."""
        self._run(line.lead_to(line.server_port))

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=_WITHIN_S)


async def _ended() -> None:
    """Waits until every connection's task has ended."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
