"""Bounds a whole call in time: httpx bounds each read, so a slow body would never be too slow.

It is measured on the wall, as httpx does. A vendor's headers are bounded by httpx alone.
"""

from collections.abc import Iterator

import httpx

from keepwell.clock import SystemClock

_BEGUN = "keepwell.begun_s"
_WALL = SystemClock()


class Deadline:
    """The hooks of a client whose calls may take `timeout_s` each, bodies included."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    def begin(self, request: httpx.Request) -> None:
        """Notes when a call began."""
        request.extensions[_BEGUN] = _WALL.monotonic_s()

    def bound(self, response: httpx.Response) -> None:
        """Lets the body come only as long as the call has time left."""
        assert isinstance(response.stream, httpx.SyncByteStream)
        until_s = response.request.extensions[_BEGUN] + self._timeout_s
        response.stream = _Bounded(response.stream, until_s=until_s)


class _Bounded(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, *, until_s: float) -> None:
        self._inner = inner
        self._until_s = until_s

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            if _WALL.monotonic_s() > self._until_s:
                raise httpx.ReadTimeout("the body did not end in time")
            yield chunk

    def close(self) -> None:
        self._inner.close()
