"""Sends signed webhooks at a fixed rate, whatever becomes of the earlier ones; prints what did.

Open loop: a latency counts from the moment at which its webhook was due, so a server that stalls
is charged for all that it kept waiting. It runs in a process of its own. With tries it does what
Meta does: sends again what was not answered with 200, and some of the others too.
"""

import argparse
import asyncio
import gc
import hashlib
import hmac
import json
import sys
import zlib
from collections.abc import Iterator

SECRET = "app-secret"
PATH = "/webhooks/meta"
TENANTS = 50

# Source: https://developers.facebook.com/docs/messenger-platform/webhooks
_GIVES_UP_AFTER_S = 20.0
_TRY_AGAIN_S = 0.5  # then twice as long each time, up to
_LONGEST_WAIT_S = 8.0
_SENT_TWICE = 50  # one of so many


def webhook(name: str, *, tenant: str) -> bytes:
    """The body that one message makes."""
    message = {"sender": {"id": "somebody"}, "message": {"mid": name, "text": f"buy {name} " * 8}}
    return json.dumps(
        {"object": "page", "entry": [{"id": tenant, "messaging": [message]}]}
    ).encode()


def request(body: bytes) -> bytes:
    """The bytes on the wire."""
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"x-hub-signature-256: sha256={digest}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._received = b""
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _exc: Exception | None) -> None:
        self._settle(0)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, is_complete, body = self._received.partition(b"\r\n\r\n")
        if is_complete:
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            if len(body) >= length:
                self._settle(int(head.split()[1]))

    async def ask(self, sent: bytes) -> int:
        """The status; 0 when none came."""
        self._received, self._answer = b"", asyncio.get_running_loop().create_future()
        self._transport.write(sent)
        try:
            async with asyncio.timeout(_GIVES_UP_AFTER_S):
                return await self._answer
        except TimeoutError:
            self._transport.abort()
            return 0

    def _settle(self, status: int) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result(status)


class Load:
    """All deliveries to one port."""

    def __init__(self, port: int, *, tries: int) -> None:
        self._port = port
        self._tries = tries
        self._idle: list[Connection] = []
        self.first: dict[str, tuple[int, float]] = {}
        self.acknowledged: set[str] = set()

    async def deliver(self, name: str, *, tenant: str, due_s: float) -> None:
        """Sends one webhook; notes the status of the first try and the ms since it was due."""
        sent = request(webhook(name, tenant=tenant))
        status = await self._ask(sent)
        latency_s = asyncio.get_running_loop().time() - due_s
        self.first[name] = (status, round(latency_s * 1000, 3))
        for failed in range(self._tries - 1):
            if status == 200:
                break
            await asyncio.sleep(min(_TRY_AGAIN_S * 2**failed, _LONGEST_WAIT_S))
            status = await self._ask(sent)
        if status == 200:
            self.acknowledged.add(name)
            if self._tries > 1 and zlib.crc32(name.encode()) % _SENT_TWICE == 0:
                await self._ask(sent)

    async def _ask(self, sent: bytes) -> int:
        try:
            connection = await self._connection()
        except OSError:
            return 0
        status = await connection.ask(sent)
        if connection.is_open:
            self._idle.append(connection)
        return status

    async def _connection(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Connection, "127.0.0.1", self._port))[1]


def schedule(*, rate: int, seconds: float) -> Iterator[tuple[int, float]]:
    """Each webhook's number and when it is due, in seconds from the start."""
    return ((number, number / rate) for number in range(round(rate * seconds)))


async def run(arguments: argparse.Namespace) -> Load:
    """Sends everything and waits for the answers."""
    load, loop = Load(arguments.port, tries=arguments.tries), asyncio.get_running_loop()
    begun_s = loop.time() + 0.1
    async with asyncio.TaskGroup() as deliveries:
        for number, offset_s in schedule(rate=arguments.rate, seconds=arguments.seconds):
            due_s = begun_s + offset_s
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            name, tenant = f"{arguments.prefix}-{number}", f"page-{number % TENANTS}"
            deliveries.create_task(load.deliver(name, tenant=tenant, due_s=due_s))
    return load


def main() -> None:
    """Prints one JSON document."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--rate", type=int, required=True)
    options.add_argument("--seconds", type=float, required=True)
    options.add_argument("--prefix", required=True)
    options.add_argument("--tries", type=int, default=1)
    gc.disable()  # its pauses would be charged to the server
    load = asyncio.run(run(options.parse_args()))
    json.dump({"first": load.first, "acknowledged": sorted(load.acknowledged)}, sys.stdout)


if __name__ == "__main__":
    main()
