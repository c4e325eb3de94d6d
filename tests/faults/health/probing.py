"""Asks a service again and again, each path in a thread of its own, and keeps every answer."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

LOOPBACK = "127.0.0.1"
EVERY_S = 0.1
GIVE_UP_S = 8.0
TOKEN = "t0ken"
DETAILED = "/health (details)"
"""The strict path as the bearer of the token sees it."""

PATHS = ("/livez", "/health", DETAILED, "/readyz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One answer; `status` 0 means that there was none. Moments are of the monotonic clock."""

    path: str
    sent_s: float
    answered_s: float
    status: int
    document: Mapping[str, Any]

    @property
    def took_s(self) -> float:
        """How long it took."""
        return self.answered_s - self.sent_s


def take(port: int, path: str, *, give_up_s: float = GIVE_UP_S) -> Sample:
    """Asks once."""
    sent_s = time.monotonic()
    status, body = 0, b"{}"
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=give_up_s)
    try:
        connection.request("GET", path.split(maxsplit=1)[0], headers=_headers(path))
        answer = connection.getresponse()
        status, body = answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        status, body = 0, b"{}"
    finally:
        connection.close()
    return _sample(path, sent_s, status, body)


def burst(port: int, path: str, *, count: int, give_up_s: float = GIVE_UP_S) -> Sequence[Sample]:
    """Asks `count` times at once."""
    return asyncio.run(_burst(port, path, count, give_up_s))


class Probing:
    """Asks each path every tenth of a second while the block lasts."""

    def __init__(self, port: int, *, paths: Sequence[str] = PATHS) -> None:
        self.port = port
        self._samples: list[Sample] = []
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(path,)) for path in paths]

    def __enter__(self) -> Self:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for each in self._threads:
            each.join()

    def add(self, samples: Sequence[Sample]) -> None:
        """Keeps samples that were taken beside."""
        self._samples.extend(samples)

    def samples(self) -> Sequence[Sample]:
        """What was answered so far."""
        return [*self._samples]

    def _ask(self, path: str) -> None:
        while not self._is_over.wait(EVERY_S):
            self._samples.append(take(self.port, path))


async def _burst(port: int, path: str, count: int, give_up_s: float) -> Sequence[Sample]:
    return await asyncio.gather(*(_take(port, path, give_up_s) for _ in range(count)))


async def _take(port: int, path: str, give_up_s: float) -> Sample:
    sent_s = time.monotonic()
    status, body = 0, b"{}"
    lines = [f"{name}: {value}" for name, value in _headers(path).items()]
    head = [
        f"GET {path.split(maxsplit=1)[0]} HTTP/1.1",
        "Host: x",
        "Connection: close",
        *lines,
        "",
        "",
    ]
    try:
        async with asyncio.timeout(give_up_s):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write("\r\n".join(head).encode())
            start, _, body = (await reader.read()).partition(b"\r\n\r\n")
            writer.close()
            status = int(start.split()[1])
    except (OSError, IndexError):
        status, body = 0, b"{}"
    return _sample(path, sent_s, status, body)


def _headers(path: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"} if path == DETAILED else {}


def _sample(path: str, sent_s: float, status: int, body: bytes) -> Sample:
    return Sample(
        path=path,
        sent_s=sent_s,
        answered_s=time.monotonic(),
        status=status,
        document=_document(body),
    )


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        document: Mapping[str, Any] = json.loads(body)
    except ValueError:
        document = {}
    return document
