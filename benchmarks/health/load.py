"""Keeps 32 connections busy and prints how many answers a second came: SECONDS PORT [PORT].

Two ports take turns every quarter of a second, so that whatever else the machine does meets both
alike. It runs in a process of its own and knows answers by their length, so that its own cost is
small; one that is not a 200, or differs in length from the first, ends it.
"""

import asyncio
import sys
import time

CONNECTIONS = 32
TURN_S = 0.25
_REQUEST = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"


class Connection(asyncio.Protocol):
    """While it is on, asks again as soon as an answer is complete."""

    def __init__(self, *, answer_bytes: int) -> None:
        self.answers = 0
        self.idle = asyncio.Event()
        self._is_on = False
        self._answer_bytes = answer_bytes
        self._missing = answer_bytes
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
        self._transport.write(_REQUEST)

    def turn_off(self) -> None:
        """Sends no more; it is idle when the last answer came."""
        self._is_on = False

    def data_received(self, data: bytes) -> None:
        """Counts an answer when all of it came."""
        if self._missing == self._answer_bytes and not data.startswith(b"HTTP/1.1 200"):
            sys.exit(f"unexpected answer: {data[:80]!r}")
        self._missing -= len(data)
        if self._missing < 0:
            sys.exit("an answer is longer than the first")
        if self._missing == 0:
            self.answers += 1
            self._missing = self._answer_bytes
            if self._is_on:
                self._transport.write(_REQUEST)
            else:
                self.idle.set()


class Target:
    """One server under 32 connections."""

    def __init__(self, connections: list[Connection]) -> None:
        self._connections = connections
        self._busy_s = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second over all its turns."""
        return sum(connection.answers for connection in self._connections) / self._busy_s

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


async def count_answer_bytes(port: int) -> int:
    """Bytes of one answer, headers included."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_REQUEST)
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return len(head) + int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])


async def main(seconds: float, ports: list[int]) -> None:
    """Prints the rates, in the order of the ports; each port has `seconds`."""
    targets = [await open_target(port) for port in ports]
    for _ in range(round(seconds / TURN_S)):
        for target in targets:
            await target.take_turn()
    print(*(round(target.per_second) for target in targets))


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
