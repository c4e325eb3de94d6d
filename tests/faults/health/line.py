"""A line on loopback between a service and a server, that fails in every way a network does.

It also stands for what no Postgres or Redis from a wheel can do: it answers an SSLRequest and ends
TLS with whatever certificate it is given. It counts what it spoiled, so that a fault that nobody
met is found out.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

LOOPBACK = "127.0.0.1"

Way = Literal[
    "well",
    "refused",  # nobody listens
    "unaccepted",  # a handshake is never finished: packets are dropped
    "swallowed",  # connects; what the service says is dropped
    "muted",  # the server hears; what it answers is dropped
    "delayed",  # each chunk arrives `delay_s` late, either way
    "truncated",  # half an answer, and the connection ends
    "reset",  # RST instead of an answer
    "garbled",  # an answer of the right length that means nothing
]

_SSL_REQUEST = struct.pack("!II", 8, 80877103)
_READ_BYTES = 65536
_RESETS = struct.pack("ii", 1, 0)


class _EndedError(Exception):
    """This connection ends now."""


@dataclass(kw_only=True)
class Line:
    """One address on loopback before a server. Everything here runs in the loop of `Lines`.

    `tls` None speaks plainly. A Postgres begins TLS after a question, a Redis at once.
    """

    server_port: int
    speaks: Literal["postgres", "redis"]
    port: int
    host: str = LOOPBACK
    tls: ssl.SSLContext | None = None
    way: Way = "well"
    delay_s: float = 0.0
    spoiled: int = 0
    _listener: asyncio.Server | None = None
    _fillers: list[socket.socket] = field(default_factory=list)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def fail(self, way: Way, *, delay_s: float = 0.0) -> None:
        """From now on it fails that way, on open connections too."""
        self.way, self.delay_s = way, delay_s
        if way in {"refused", "unaccepted"}:
            await self.close()
        if way == "unaccepted":
            self._listen_deaf()

    async def mend(self) -> None:
        """It works again, for new connections and for those that lived through it."""
        self.way = "well"
        if self._listener is None:
            await self.listen()

    async def present(self, tls: ssl.SSLContext | None) -> None:
        """Ends all connections; new ones meet this certificate."""
        await self.close()
        self.tls = tls
        await self.listen()

    async def lead_to(self, server_port: int) -> None:
        """Ends all connections; new ones reach another server."""
        await self.close()
        self.server_port = server_port
        await self.listen()

    async def listen(self) -> None:
        """Takes connections."""
        for each in self._fillers:
            each.close()
        self._fillers.clear()
        at_once = self.tls if self.speaks == "redis" else None
        self._listener = await asyncio.start_server(
            self._serve, self.host, self.port, ssl=at_once, backlog=512
        )

    async def close(self) -> None:
        """Ends all connections, and takes no more."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for writer in [*self._open]:
            writer.transport.abort()

    def _listen_deaf(self) -> None:
        """A listener whose queue is full: Linux answers no further handshake."""
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        deaf.bind((self.host, self.port))
        deaf.listen(0)
        self._fillers.append(deaf)
        for _ in range(3):
            caller = socket.socket()
            caller.setblocking(False)
            caller.connect_ex((self.host, self.port))
            self._fillers.append(caller)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with suppress(OSError, _EndedError, asyncio.IncompleteReadError):
            first = await self._begin(reader, writer)
            server = await asyncio.open_connection(LOOPBACK, self.server_port)
            self._open.add(server[1])
            server[1].write(await self._spoil(first, writer=writer, is_answer=False))
            pumps = [
                asyncio.create_task(self._pump(reader, server[1], is_answer=False)),
                asyncio.create_task(self._pump(server[0], writer, is_answer=True)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for each in pumps:
                each.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._end(server[1])
        self._end(writer)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Speaks TLS where that is asked for and offered; the first bytes for the server."""
        if self.speaks == "redis" or self.tls is None:
            return b""
        first = await reader.readexactly(len(_SSL_REQUEST))
        if first != _SSL_REQUEST:
            return first
        if not await self._spoil(first, writer=writer, is_answer=False):
            return await reader.readexactly(_READ_BYTES)  # there is none: it waits until it ends
        writer.write(await self._spoil(b"S", writer=writer, is_answer=True))
        await writer.start_tls(self.tls)
        return b""

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool
    ) -> None:
        with suppress(OSError, _EndedError):
            while chunk := await reader.read(_READ_BYTES):
                writer.write(await self._spoil(chunk, writer=writer, is_answer=is_answer))
                await writer.drain()

    async def _spoil(self, chunk: bytes, *, writer: asyncio.StreamWriter, is_answer: bool) -> bytes:
        """What arrives of a chunk."""
        spoil = _SPOILS.get((self.way, is_answer))
        if spoil is None or not chunk:
            return chunk
        self.spoiled += 1
        return await spoil(self, chunk, writer)

    def _end(self, writer: asyncio.StreamWriter) -> None:
        self._open.discard(writer)
        writer.close()


async def _drop(_line: Line, _chunk: bytes, _writer: asyncio.StreamWriter) -> bytes:
    return b""


async def _wait(line: Line, chunk: bytes, _writer: asyncio.StreamWriter) -> bytes:
    await asyncio.sleep(line.delay_s)
    return chunk


async def _cut(_line: Line, chunk: bytes, writer: asyncio.StreamWriter) -> bytes:
    writer.write(chunk[: len(chunk) // 2])
    raise _EndedError


async def _reset(_line: Line, _chunk: bytes, writer: asyncio.StreamWriter) -> bytes:
    end = writer.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
    writer.transport.abort()
    raise _EndedError


async def _garble(_line: Line, chunk: bytes, _writer: asyncio.StreamWriter) -> bytes:
    return b"?" * len(chunk)


_Spoil = Callable[[Line, bytes, asyncio.StreamWriter], Coroutine[Any, Any, bytes]]
_SPOILS: dict[tuple[Way, bool], _Spoil] = {
    ("swallowed", False): _drop,
    ("muted", True): _drop,
    ("delayed", False): _wait,
    ("delayed", True): _wait,
    ("truncated", True): _cut,
    ("reset", True): _reset,
    ("garbled", True): _garble,
}
