"""An account at cron-job.org behind a transport, as its documents and its server's code have it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from keepwell.clients.base import Api
from keepwell.clients.cronjob import TERMS, CronJob
from keepwell.clock import ManualClock
from tests.worlds import NOON

TOKEN = "key-of-cron-job"
PREFIX = "keepwell:shop/"
_SUMMARY = ("auth", "notification", "extendedData")

Fault = Callable[[httpx.Request], httpx.Response]


@dataclass(kw_only=True)
class Account:
    """Jobs by id. `faults` are answered instead, each once; `some_failed` spoils the list."""

    jobs: dict[int, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)
    some_failed: bool = False
    asked: list[str] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))

    def add(self, title: str, **fields: Any) -> int:
        number = max(self.jobs, default=100) + 1
        self.jobs[number] = {"jobId": number, "title": title, **_defaults(), **fields}
        return number

    def client(self) -> CronJob:
        api = Api(TERMS, token=TOKEN, clock=self.clock, transport=httpx.MockTransport(self._answer))
        return CronJob(api, clock=self.clock, lookup=self.secrets.get, prefix=PREFIX)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path}"
        self.asked.append(call)
        fault = next((self.faults[name] for name in self.faults if call.startswith(name)), None)
        if fault:
            return fault.pop(0)(request)
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return httpx.Response(401)
        return self.act(request)

    def act(self, request: httpx.Request) -> httpx.Response:
        """What the account does of itself, faults aside."""
        body = _body(request)
        if body:
            self.sent.append(body)
        path = request.url.path
        if path == "/folders":
            return self._folders(request.method, body)
        if path == "/jobs":
            return self._list() if request.method == "GET" else self._create(body)
        number = int(re.findall(r"\d+", path)[0])
        if number not in self.jobs:
            return httpx.Response(404)
        if path.endswith("/history"):
            return httpx.Response(200, json={"history": [{"jobId": number}], "predictions": []})
        if request.method == "GET":
            return httpx.Response(200, json={"jobDetails": self.jobs[number]})
        if request.method == "PATCH":
            self.jobs[number] |= body["job"]
        else:
            del self.jobs[number]
        return httpx.Response(200, json={})

    def _list(self) -> httpx.Response:
        rows = [
            {name: value for name, value in job.items() if name not in _SUMMARY}
            for job in self.jobs.values()
        ]
        return httpx.Response(200, json={"jobs": rows, "someFailed": self.some_failed})

    def _create(self, body: dict[str, Any]) -> httpx.Response:
        if "url" not in body.get("job", {}):
            return httpx.Response(400)
        return httpx.Response(200, json={"jobId": self.add(**body["job"])})

    def _folders(self, method: str, body: dict[str, Any]) -> httpx.Response:
        if method == "GET":
            rows = [{"folderId": number, "title": title} for title, number in self.folders.items()]
            return httpx.Response(200, json={"folders": rows})
        if body["title"] in self.folders:
            return httpx.Response(409)
        self.folders[body["title"]] = 7
        return httpx.Response(200, json={"folderId": 7})


def _body(request: httpx.Request) -> dict[str, Any]:
    """The body, which counts only under one exact content type."""
    if request.headers.get("content-type") != "application/json":
        return {}
    body: dict[str, Any] = json.loads(request.content)
    return body


def _defaults() -> dict[str, Any]:
    """A job of which nothing is said: off, and never due. PHP writes no headers as a list."""
    never: dict[str, Any] = {key: [] for key in ("hours", "mdays", "minutes", "months", "wdays")}
    return {
        "enabled": False,
        "lastStatus": 0,
        "type": 0,
        "url": "https://api.example/",
        "schedule": {"timezone": "UTC", "expiresAt": 0, **never},
        "extendedData": {"headers": [], "body": ""},
        "auth": {"enable": False, "user": "", "password": ""},
    }
