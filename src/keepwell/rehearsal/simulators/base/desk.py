"""The desk in front of a stand-in: who may come in, how often, and what goes wrong on demand.

It knows no vendor: how a vendor words a refusal and counts calls comes as a Policy.
"""

import asyncio
import itertools
import json
import math
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
    `says_retry_after`: whether a 429 carries Retry-After, in seconds.
    """

    refuse: Callable[[int, str], tuple[bytes, Mapping[str, str]]] = _message
    quotas: tuple[Quota, ...] = ()
    headers: Callable[[int, int, float], Mapping[str, str]] = lambda *_: {}
    request_id: str = "x-request-id"
    says_retry_after: bool = True


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
        self._met: list[Fault] = []
        self._windows = [deque[float]() for _ in self._policy.quotas]
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def plan_fault(self, fault: Fault) -> None:
        """Lets a fault happen; calls are counted for it from now on."""
        with self._lock:
            self._faults.append((fault, itertools.count(1)))

    def unmet(self) -> list[Fault]:
        """The planned faults that no call has met so far."""
        with self._lock:
            return [fault for fault, _ in self._faults if fault not in self._met]

    def clear_faults(self) -> None:
        """Lets no fault happen any more."""
        with self._lock:
            self._faults.clear()
            self._met.clear()

    def mount(self, app: App) -> App:
        """The application behind the desk."""

        async def at_desk(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                raise ValueError(f"{scope['type']} is not spoken here")
            await self._attend(app, scope, receive, send)

        return at_desk

    async def _attend(
        self, app: App, scope: MutableMapping[str, Any], receive: Receive, send: Send
    ) -> None:
        body = (await receive())["body"]
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        fault = self._fault_of(scope["method"], scope["path"])
        caught = _Caught()
        if fault is not None and fault.what in ("cut-before", "timeout"):
            self._note(scope, body, caught)
            await _wait(fault, receive)
            raise Cut
        await _hook(fault, "hook-before")
        await self._handle(app, scope, body, caught=caught, fault=fault)
        await _hook(fault, "hook-after")
        if fault is not None and fault.what == "cut-after":
            self._note(scope, body, _Caught())
            raise Cut
        _spoil(caught, fault)
        self._note(scope, body, caught)
        await _give(caught, fault, send)

    async def _handle(
        self,
        app: App,
        scope: MutableMapping[str, Any],
        body: bytes,
        *,
        caught: _Caught,
        fault: Fault | None,
    ) -> None:
        limit, left, reset_s = self._count(scope["method"], scope["path"])
        counted = dict(self._policy.headers(limit, left, reset_s))
        if fault is not None and fault.what == "status":
            self._refuse(caught, fault.status, "a fault on demand")
            counted |= {name.lower(): value for name, value in fault.headers.items()}
        elif _headers(scope).get("authorization") != f"Bearer {self.token}":
            self._refuse(caught, 401, "the token is not known")
        elif left < 0:
            self._refuse(caught, 429, "too many requests")
            if self._policy.says_retry_after:
                counted["retry-after"] = str(max(1, math.ceil(reset_s)))
        else:
            await app(scope, _receiver(body), caught.send)
        number = f"sim-{next(self._numbers):06d}"
        caught.headers |= {self._policy.request_id: number, **counted}

    def _refuse(self, caught: _Caught, status: int, message: str) -> None:
        body, headers = self._policy.refuse(status, message)
        caught.status, caught.body, caught.headers = status, body, dict(headers)

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
            met = [
                fault
                for fault, numbers in self._faults
                if fault.concerns(method, path)
                and fault.nth <= next(numbers) < fault.nth + fault.times
            ]
            self._met += met[:1]
        return met[0] if met else None

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


def _headers(scope: MutableMapping[str, Any]) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in scope["headers"]}


def _receiver(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _wait(fault: Fault, receive: Receive) -> None:
    """A timeout without a delay lasts until the client goes away."""
    if fault.what == "timeout" and not fault.delay_s:
        await receive()
    else:
        await asyncio.sleep(fault.delay_s)


async def _hook(fault: Fault | None, what: str) -> None:
    if fault is not None and fault.what == what and fault.hook is not None:
        await asyncio.to_thread(fault.hook)


def _spoil(caught: _Caught, fault: Fault | None) -> None:
    if fault is not None and fault.what == "empty":
        caught.status, caught.body = 202, b""
    elif fault is not None and fault.what == "content-type":
        caught.headers["content-type"] = "text/html"


async def _give(caught: _Caught, fault: Fault | None, send: Send) -> None:
    has_body = caught.status not in (204, 304)
    length = {"content-length": str(len(caught.body))} if has_body else {}
    headers = {**caught.headers, **length}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": caught.status, "headers": pairs})
    if fault is not None and fault.what == "slow" and caught.body:
        half = len(caught.body) // 2
        await send({"type": "http.response.body", "body": caught.body[:half], "more_body": True})
        await asyncio.sleep(fault.delay_s)
        await send({"type": "http.response.body", "body": caught.body[half:]})
        return
    await send({"type": "http.response.body", "body": caught.body})
