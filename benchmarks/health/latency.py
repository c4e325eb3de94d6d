"""Keeps 32 connections busy and prints requests a second and p99: SECONDS PORT PATH.

It reads any HTTP/1.1 answer, and knows one of the usual length without reading it. An answer that
is no 2xx ends it.
"""

import asyncio
import statistics
import sys
import time
from urllib.parse import quote

import httptools

CONNECTIONS = 32


class Connection(asyncio.Protocol):
    """Asks again as soon as an answer is complete; keeps how long each took, in seconds."""

    def __init__(self, path: str) -> None:
        self._request = f"GET {quote(path, safe='/?=')} HTTP/1.1\r\nhost: a\r\n\r\n".encode()
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._asked_s = 0.0
        self._read_bytes = 0
        self._usual_bytes = -1
        self.took_s: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Counts an answer of the usual length; hands others to the parser, which counts them."""
        is_usual = self._read_bytes == 0 and len(data) == self._usual_bytes
        if is_usual and data.startswith(b"HTTP/1.1 2"):
            self._count()
            return
        self._read_bytes += len(data)
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Learns the length of an answer, and counts it."""
        status = self._parser.get_status_code()
        if status // 100 != 2:
            sys.exit(f"unexpected answer: {status}")
        self._usual_bytes, self._read_bytes = self._read_bytes, 0
        self._parser = httptools.HttpResponseParser(self)
        self._count()

    def _count(self) -> None:
        self.took_s.append(time.perf_counter() - self._asked_s)
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        """A server that closes would be measured by its connects."""
        if error is not None:
            sys.exit(f"the connection was lost: {type(error).__name__}")

    def _ask(self) -> None:
        self._asked_s = time.perf_counter()
        self._transport.write(self._request)


async def main(seconds: float, port: int, path: str) -> None:
    """Prints requests a second, and the 99th percentile of their time in ms."""
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: Connection(path), "127.0.0.1", port)
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(seconds)
    took_s = [each for _, connection in opened for each in connection.took_s]
    print(f"{len(took_s) / seconds:.1f} {statistics.quantiles(took_s, n=100)[98] * 1000:.2f}")


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
