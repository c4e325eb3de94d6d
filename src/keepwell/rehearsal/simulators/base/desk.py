"""The desk in front of a stand-in: who may come in, how often, and what goes wrong on demand.

It knows no vendor: how a vendor words a refusal and counts calls comes as a Policy.
"""

import asyncio
import itertools
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.base.exchange import Exchange
from keepwell.rehearsal.simulators.base.fault import Fault
from keepwell.rehearsal.simulators.base.serving import App, Cut, Message, Receive, Send

Quota = tuple[Callable[[str, str], bool], int, float]
"""Which calls (method, path) count, how many are let through, and within how many seconds."""


def _message(status: int, message: str) -> tuple[bytes, Mapping[str, str]]:
    del status
    return json.dumps({"message": message}).encode(), {"content-type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a vendor refuses and counts.

    `refuse` words an answer of that status: body and headers. `quotas` are enforced only where the
    desk has limits. `headers` stand on every answer, given (limit, left, seconds until more); where
    no quota concerns a call, limit is 0. `request_id` names the header that numbers answers.
    """

    refuse: Callable[[int, str], tuple[bytes, Mapping[str, str]]] = _message
    quotas: tuple[Quota, ...] = ()
    headers: Callable[[int, int, float], Mapping[str, str]] = lambda *_: {}
    request_id: str = "x-request-id"


@dataclass(kw_only=True)
class _Caught:
    """What an application answers, held back until the desk has decided what becomes of it."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            pairs = message.get("headers", [])
            self.headers = {name.decode().lower(): value.decode() for name, value in pairs}
        else:
            self.body += message.get("body", b"")


class Desk:
    """Stands in front of one stand-in; `journal` holds every exchange, in order of their ends."""

    def __init__(
        self,
        *,
        token: str,
        clock: Clock,
        latency_s: float = 0.0,
        limits: bool = False,
        policy: Policy | None = None,
    ) -> None:
        self.token = token
        self.latency_s = latency_s
        self.limits = limits
        self.journal: list[Exchange] = []
        self._clock = clock
        self._policy = policy or Policy()
        self._faults: list[tuple[Fault, itertools.count[int]]] = []
        self._windows = [deque[float]() for _ in self._policy.quotas]
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def plan_fault(self, fault: Fault) -> None:
        """Lets a fault happen; calls are counted for it from now on."""
        with self._lock:
            self._faults.append((fault, itertools.count(1)))

    def clear_faults(self) -> None:
        """Lets no fault happen any more."""
        with self._lock:
            self._faults.clear()

    def mount(self, app: App) -> App:
        """The application behind the desk."""

        async def at_desk(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                raise ValueError(f"{scope['type']} is not spoken here")
            body = (await receive())["body"]
            await self._attend(app, scope, body, send)

        return at_desk

    async def _attend(
        self, app: App, scope: MutableMapping[str, Any], body: bytes, send: Send
    ) -> None:
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        fault = self._fault_of(scope["method"], scope["path"])
        caught = _Caught()
        if fault is not None and fault.what in ("cut-before", "timeout"):
            await asyncio.sleep(fault.delay_s)
            self._note(scope, body, caught)
            raise Cut
        await _hook(fault, "hook-before")
        if fault is not None and fault.what == "status":
            caught.body, headers = self._policy.refuse(fault.status, "a fault on demand")
            caught.status, caught.headers = fault.status, {**headers, **fault.headers}
        else:
            await self._handle(app, scope, body, caught)
        await _hook(fault, "hook-after")
        if fault is not None and fault.what == "cut-after":
            self._note(scope, body, _Caught())
            raise Cut
        _spoil(caught, fault)
        self._note(scope, body, caught)
        await _give(caught, fault, send)

    async def _handle(
        self, app: App, scope: MutableMapping[str, Any], body: bytes, caught: _Caught
    ) -> None:
        headers = _headers(scope)
        limit, left, reset_s = self._count(scope["method"], scope["path"])
        counted = dict(self._policy.headers(limit, left, reset_s))
        if headers.get("authorization") != f"Bearer {self.token}":
            caught.status = 401
            caught.body, caught.headers = _refused(self._policy, 401, "the token is not known")
        elif left < 0:
            caught.status = 429
            caught.body, caught.headers = _refused(self._policy, 429, "too many requests")
            counted["retry-after"] = str(max(1, round(reset_s)))
        else:
            await app(scope, _receiver(body), caught.send)
        caught.headers = {
            **caught.headers,
            **counted,
            self._policy.request_id: f"sim-{next(self._numbers):06d}",
        }

    def _count(self, method: str, path: str) -> tuple[int, int, float]:
        """The tightest quota that concerns a call: limit, how many are left, seconds until more."""
        tightest = (0, 0, 0.0)
        with self._lock:
            now_s = self._clock.monotonic_s()
            pairs = zip(self._policy.quotas, self._windows, strict=True)
            for (concerns, limit, window_s), window in pairs:
                if not concerns(method, path):
                    continue
                while window and now_s - window[0] >= window_s:
                    window.popleft()
                left = limit - len(window) - 1
                if left >= 0 or not self.limits:
                    window.append(now_s)
                left = left if self.limits else max(0, left)
                reset_s = window[0] + window_s - now_s if window else window_s
                if not tightest[0] or left < tightest[1]:
                    tightest = (limit, left, reset_s)
        return tightest

    def _fault_of(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault, numbers in self._faults:
                if not fault.concerns(method, path):
                    continue
                if fault.nth <= next(numbers) < fault.nth + fault.times:
                    return fault
        return None

    def _note(self, scope: MutableMapping[str, Any], body: bytes, caught: _Caught) -> None:
        exchange = Exchange(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode(),
            request_headers=_headers(scope),
            request_body=body,
            status=caught.status,
            answer_headers=dict(caught.headers),
            answer_body=caught.body,
        )
        with self._lock:
            self.journal.append(exchange)


def _refused(policy: Policy, status: int, message: str) -> tuple[bytes, dict[str, str]]:
    body, headers = policy.refuse(status, message)
    return body, dict(headers)


def _headers(scope: MutableMapping[str, Any]) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in scope["headers"]}


def _receiver(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _hook(fault: Fault | None, what: str) -> None:
    if fault is not None and fault.what == what and fault.hook is not None:
        await asyncio.to_thread(fault.hook)


def _spoil(caught: _Caught, fault: Fault | None) -> None:
    if fault is not None and fault.what == "empty":
        caught.status, caught.body = 202, b""
    elif fault is not None and fault.what == "content-type":
        caught.headers["content-type"] = "text/html"


async def _give(caught: _Caught, fault: Fault | None, send: Send) -> None:
    headers = {**caught.headers, "content-length": str(len(caught.body))}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": caught.status, "headers": pairs})
    if fault is not None and fault.what == "slow" and caught.body:
        half = len(caught.body) // 2
        await send({"type": "http.response.body", "body": caught.body[:half], "more_body": True})
        await asyncio.sleep(fault.delay_s)
        await send({"type": "http.response.body", "body": caught.body[half:]})
        return
    await send({"type": "http.response.body", "body": caught.body})
