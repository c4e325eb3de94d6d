"""The smallest HTTP/1.1 server that /health needs, for a process that serves no HTTP of its own.

GET and HEAD, persistent connections, no bodies. Behind Render's proxy or for a monitor on the same
machine; it speaks no TLS.
"""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from keepwell.health.asgi import Health
from keepwell.health.reply import Reply

_HEAD_BYTES = 16 * 1024
_IDLE_S = 75.0
_BAD_REQUEST = Reply(400, ((b"content-length", b"0"), (b"cache-control", b"no-store")))


class BadRequestError(Exception):
    """What came is no request that this server takes."""


class Server:
    """Serves a Health at a port until it is stopped."""

    def __init__(self, health: Health, *, host: str, port: int) -> None:
        self._health = health
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listens; the port, which the system chose where 0 was asked for."""
        self._server = await asyncio.start_server(
            self._accept, self._host, self._port, limit=_HEAD_BYTES
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Listens no more, ends the connections, and closes the checks."""
        if self._server:
            self._server.close()
        await self._health.close()
        for connection in self._connections:
            connection.cancel()
        if self._connections:
            await asyncio.wait(self._connections)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer_one(reader, writer):
                pass
        except (OSError, EOFError, TimeoutError):
            pass  # the other end is gone or says nothing
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays open for another request."""
        try:
            async with asyncio.timeout(_IDLE_S):
                head = await reader.readuntil(b"\r\n\r\n")
            method, path, headers, is_last = parse(head)
        except (BadRequestError, asyncio.LimitOverrunError):
            writer.write(encode(_BAD_REQUEST, is_last=True))
            return False
        reply = await self._health.respond(path=path, method=method, headers=headers)
        writer.write(encode(reply, is_last=is_last))
        await writer.drain()
        return not is_last


def parse(head: bytes) -> tuple[str, str, list[tuple[bytes, bytes]], bool]:
    """Method, path without query, headers in lower case, and whether it is the last request.

    Raises:
        BadRequestError: it is no HTTP/1 request, or has a body.
    """
    first, *lines = head[:-4].split(b"\r\n")
    words = first.split(b" ")
    if len(words) != 3 or words[2] not in {b"HTTP/1.0", b"HTTP/1.1"}:
        raise BadRequestError
    headers = [_header(line) for line in lines]
    known = dict(headers)
    if b"transfer-encoding" in known or known.get(b"content-length", b"0") != b"0":
        raise BadRequestError
    wish = known.get(b"connection", b"").lower()
    is_last = wish == b"close" or (words[2] == b"HTTP/1.0" and wish != b"keep-alive")
    path = words[1].partition(b"?")[0].decode("latin-1")
    return words[0].decode("latin-1"), path, headers, is_last


def encode(reply: Reply, *, is_last: bool) -> bytes:
    """The answer as bytes on the wire."""
    phrase = HTTPStatus(reply.status).phrase
    lines = [f"HTTP/1.1 {reply.status} {phrase}".encode()]
    lines += [name + b": " + value for name, value in reply.headers]
    lines.append(b"connection: " + (b"close" if is_last else b"keep-alive"))
    return b"\r\n".join([*lines, b"", reply.body])


def _header(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not name or name != name.strip():
        raise BadRequestError
    return name.lower(), value.strip()
