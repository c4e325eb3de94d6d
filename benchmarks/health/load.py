"""Keeps 32 connections busy: SECONDS PORT [PORT]. Prints RATE:P99_MS for each port.

Two ports take turns every quarter of a second, so that whatever else the machine does meets both
alike. It runs in a process of its own and reads no more of an answer than it must, so that its own
cost is small: where two answers have the same body, all must have its length. One that is no
success, or has another length than it should, ends it.
"""

import asyncio
import sys
import time

CONNECTIONS = 32
TURN_S = 0.25
_REQUEST = b"GET /health HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\r\n"


class Connection(asyncio.Protocol):
    """While it is on, asks again as soon as an answer is complete.

    `answer_bytes` is the length of every answer; None: each says its own.
    """

    def __init__(self, *, answer_bytes: int | None) -> None:
        self.took_s: list[float] = []
        self.idle = asyncio.Event()
        self._is_on = False
        self._answer_bytes = answer_bytes
        self._answer = b""
        self._asked_s = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Waits for its turn."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.idle.set()

    def turn_on(self) -> None:
        """Sends a request."""
        self._is_on = True
        self.idle.clear()
        self._ask()

    def turn_off(self) -> None:
        """Sends no more; it is idle when the last answer came."""
        self._is_on = False

    def data_received(self, data: bytes) -> None:
        """Counts an answer when all of it came."""
        self._answer = self._answer + data if self._answer else data
        expected = self._answer_bytes or answer_length(self._answer)
        if expected is None or len(self._answer) < expected:
            return
        if len(self._answer) > expected or not self._answer.startswith(b"HTTP/1.1 20"):
            sys.exit(f"unexpected answer: {self._answer[:200]!r}")
        self._answer = b""
        self.took_s.append(time.perf_counter() - self._asked_s)
        if self._is_on:
            self._ask()
        else:
            self.idle.set()

    def connection_lost(self, _error: Exception | None) -> None:
        """A server that closes would be measured as one that is slow."""
        if not self.idle.is_set():
            sys.exit("the server closed a connection")

    def _ask(self) -> None:
        self._asked_s = time.perf_counter()
        self._transport.write(_REQUEST)


class Target:
    """One server under 32 connections."""

    def __init__(self, connections: list[Connection]) -> None:
        self._connections = connections
        self._busy_s = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second over all its turns."""
        return sum(len(connection.took_s) for connection in self._connections) / self._busy_s

    @property
    def p99_ms(self) -> float:
        """How long 99 of 100 answers took at most."""
        took_s = sorted(each for connection in self._connections for each in connection.took_s)
        return took_s[int(len(took_s) * 0.99)] * 1000

    async def take_turn(self) -> None:
        """Lets the connections ask for a while."""
        started_s = time.perf_counter()
        for connection in self._connections:
            connection.turn_on()
        await asyncio.sleep(TURN_S)
        for connection in self._connections:
            connection.turn_off()
        for connection in self._connections:
            await connection.idle.wait()
        self._busy_s += time.perf_counter() - started_s


async def open_target(port: int) -> Target:
    """Connects to a server of 127.0.0.1."""
    loop = asyncio.get_running_loop()
    answer_bytes = await count_answer_bytes(port)
    opened = [
        await loop.create_connection(
            lambda: Connection(answer_bytes=answer_bytes), "127.0.0.1", port
        )
        for _ in range(CONNECTIONS)
    ]
    return Target([connection for _, connection in opened])


async def count_answer_bytes(port: int) -> int | None:
    """Bytes of every answer, headers included; None where their bodies differ."""
    (length, first), (_, second) = await one_answer(port), await one_answer(port)
    return length if first == second else None


async def one_answer(port: int) -> tuple[int, bytes]:
    """Bytes of one answer, and its body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_REQUEST)
    head = await reader.readuntil(b"\r\n\r\n")
    length = answer_length(head)
    assert length is not None
    body = await reader.readexactly(length - len(head))
    writer.close()
    return length, body


def answer_length(begun: bytes) -> int | None:
    """Bytes of an answer, by its headers; None while they are not complete."""
    head, end, _ = begun.partition(b"\r\n\r\n")
    if not end:
        return None
    _, found, rest = head.lower().partition(b"content-length: ")
    return len(head) + len(end) + (int(rest.split(b"\r\n")[0]) if found else 0)


async def main(seconds: float, ports: list[int]) -> None:
    """Prints the rates, in the order of the ports; each port has `seconds`."""
    targets = [await open_target(port) for port in ports]
    for _ in range(round(seconds / TURN_S)):
        for target in targets:
            await target.take_turn()
    print(*(f"{target.per_second:.0f}:{target.p99_ms:.2f}" for target in targets))


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
