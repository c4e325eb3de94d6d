"""Asks an ASGI application as a server would, and clocks that move by hand."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from keepwell.health.asgi import Message, Receive, Send
from keepwell.health.check import Check
from keepwell.health.reading import Criticality, ErrorClass, Scope

ASGIApp = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


async def ask(
    app: ASGIApp,
    path: str = "/health",
    *,
    method: str = "GET",
    authorization: bytes | None = None,
    root_path: str = "",
) -> Answer:
    headers = [(b"host", b"example.com")]
    if authorization is not None:
        headers.append((b"authorization", authorization))
    scope = {"type": "http", "method": method, "path": path, "root_path": root_path}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope | {"headers": headers}, receive, send)
    start, body = sent
    names = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(status=start["status"], headers=names, body=body["body"])


@dataclass
class ManualClock:
    """Moves only when told."""

    passed_s: float = 0.0
    start: datetime = field(default=datetime(2026, 11, 24, 12, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed_s)

    def monotonic_s(self) -> float:
        return 1000 + self.passed_s


class OwnCheck(Check):
    """A check that a user might write: does what it is told, and counts how often it was asked."""

    def __init__(
        self,
        name: str = "queue",
        *,
        error: Exception | None = None,
        criticality: Criticality = Criticality.FAIL,
        scope: Scope = Scope.SHARED,
    ) -> None:
        super().__init__(name, criticality=criticality, scope=scope)
        self.error = error
        self.asked = 0
        self.is_closed = False

    async def round_trip_ms(self) -> float:
        self.asked += 1
        if self.error:
            raise self.error
        return 1.5

    async def close(self) -> None:
        self.is_closed = True


async def outcome(check: Check) -> ErrorClass | None:
    """What a check makes of one question; None when it passes."""
    try:
        async with asyncio.timeout(10):
            assert await check.round_trip_ms() > 0
    except Exception as error:  # noqa: BLE001 - a check may raise whatever its client does
        return check.classify(error)
    return None
