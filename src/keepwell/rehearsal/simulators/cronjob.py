"""A stand-in for cron-job.org's API: one account's jobs and folders.

Source: https://docs.cron-job.org/rest-api.html (read 2026-11), and the server's code for what that
page leaves out: a body counts only with the exact content type, a job without `enabled` is off,
errors have no body, a job is switched off at its 16th failure in a row.
"""

import json
from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.base import Desk, Policy

MAX_FAILURES = 15
_KEPT = 50
_NEVER: Mapping[str, Any] = {"timezone": "UTC", "expiresAt": 0}
_DAY_S = 86400.0
_STATS: Mapping[str, int] = {
    "nameLookup": 900,
    "connect": 1700,
    "appConnect": 4000,
    "preTransfer": 4100,
    "startTransfer": 79000,
    "total": 80000,
}
"""µs since the start, each after the one before."""


def _is_create(method: str, path: str) -> bool:
    return (method, path) == ("PUT", "/jobs")


_POLICY = Policy(
    refuse=lambda status, message: (b"", {}),  # noqa: ARG005 - it says nothing
    quotas=(
        (lambda method, path: True, 100, _DAY_S),  # noqa: ARG005
        (_is_create, 5, 60.0),
        (_is_create, 1, 1.0),
        (lambda method, path: not _is_create(method, path), 5, 1.0),
    ),
)


class CronJobWorld:
    """One account. `jobs` by id, each a DetailedJob in cron-job.org's words."""

    def __init__(self, *, clock: Clock) -> None:
        self.clock = clock
        self.jobs: dict[int, dict[str, Any]] = {}
        self.history: dict[int, list[dict[str, Any]]] = {}
        self.folders: dict[int, str] = {}
        self.failures: dict[int, int] = {}
        self._last = 12344

    def next_id(self) -> int:
        """A number that nothing has yet."""
        self._last += 1
        return self._last

    def add(self, given: Mapping[str, Any]) -> int:
        """Adds a job; what is not given has the vendor's default."""
        job_id = self.next_id()
        self.jobs[job_id] = {**_defaults(job_id), **given}
        return job_id

    def titled(self, title: str) -> dict[str, Any]:
        """The oldest job of that title."""
        return next(each for each in self.jobs.values() if each["title"] == title)

    def run(self, job_id: int, *, status: int, duration_ms: int = 80) -> None:
        """Lets a job run once: `status` 1 is well, 4 an HTTP error, 5 a timeout."""
        job = self.jobs[job_id]
        now_s = int(self.clock.now().timestamp())
        job |= {"lastStatus": status, "lastDuration": duration_ms, "lastExecution": now_s}
        row = {
            "jobLogId": len(self.history.get(job_id, [])),
            "jobId": job_id,
            "identifier": f"{job_id}-{now_s}",
            "date": now_s,
            "datePlanned": now_s,
            "jitter": 100,
            "url": job["url"],
            "duration": duration_ms,
            "status": status,
            "statusText": "OK" if status == 1 else "Failed",
            "httpStatus": 200 if status == 1 else 503,
            "headers": None,
            "body": None,
            "stats": dict(_STATS),
        }
        self.history.setdefault(job_id, []).insert(0, row)
        self._count_failure(job_id, status)

    def _count_failure(self, job_id: int, status: int) -> None:
        failed = self.failures.get(job_id, 0)
        self.failures[job_id] = 0 if status == 1 else max(failed, 1) + (status != 5) * (failed > 0)
        if self.failures[job_id] > MAX_FAILURES:
            self.jobs[job_id]["enabled"] = False


class CronJobSimulator:
    """`app` is served; `world` is the account; `desk` stands before it."""

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = "cjo_simulated",  # noqa: S107 - opens nothing
        latency_s: float = 0.0,
        limits: bool = False,
    ) -> None:
        self.world = CronJobWorld(clock=clock)
        self.desk = Desk(
            token=token, clock=clock, latency_s=latency_s, limits=limits, policy=_POLICY
        )
        calls = _Calls(self.world)
        job = "/jobs/{job:int}"
        routes = [
            Route("/jobs", calls.jobs, methods=["GET"]),
            Route("/jobs", calls.create, methods=["PUT"]),
            Route(job, calls.job, methods=["GET"]),
            Route(job, calls.patch, methods=["PATCH"]),
            Route(job, calls.delete, methods=["DELETE"]),
            Route(f"{job}/history", calls.history, methods=["GET"]),
            Route("/folders", calls.folders, methods=["GET"]),
            Route("/folders", calls.create_folder, methods=["PUT"]),
        ]
        missing = {404: _nothing, 405: _nothing}
        self.app = self.desk.mount(Starlette(routes=routes, exception_handlers=missing))


class _Calls:
    def __init__(self, world: CronJobWorld) -> None:
        self._world = world

    async def jobs(self, request: Request) -> Response:  # noqa: ARG002
        hidden = ("auth", "notification", "extendedData")
        rows = [
            {name: value for name, value in each.items() if name not in hidden}
            for each in self._world.jobs.values()
        ]
        return JSONResponse({"jobs": rows, "someFailed": False})

    async def create(self, request: Request) -> Response:
        given = (await _body(request)).get("job")
        if not given or not given.get("url"):
            return Response(status_code=400)
        return JSONResponse({"jobId": self._world.add(given)})

    async def job(self, request: Request) -> Response:
        job = self._world.jobs.get(request.path_params["job"])
        return JSONResponse({"jobDetails": job}) if job else Response(status_code=404)

    async def patch(self, request: Request) -> Response:
        job = self._world.jobs.get(request.path_params["job"])
        if job is None:
            return Response(status_code=404)
        delta = (await _body(request)).get("job", {})
        if delta.get("enabled"):
            self._world.failures[job["jobId"]] = 0
        job |= delta
        return JSONResponse({})

    async def delete(self, request: Request) -> Response:
        if self._world.jobs.pop(request.path_params["job"], None) is None:
            return Response(status_code=404)
        return JSONResponse({})

    async def history(self, request: Request) -> Response:
        job_id = request.path_params["job"]
        if job_id not in self._world.jobs:
            return Response(status_code=404)
        rows = self._world.history.get(job_id, [])[:_KEPT]
        now_s = int(self._world.clock.now().timestamp())
        coming = [now_s + 300 * n for n in (1, 2, 3)]
        return JSONResponse({"history": rows, "predictions": coming})

    async def folders(self, request: Request) -> Response:  # noqa: ARG002
        rows = [
            {"folderId": number, "title": title} for number, title in self._world.folders.items()
        ]
        return JSONResponse({"folders": rows})

    async def create_folder(self, request: Request) -> Response:
        title = str((await _body(request)).get("title", "")).strip()
        if not title:
            return Response(status_code=400)
        if title in self._world.folders.values():
            return Response(status_code=409)
        number = self._world.next_id()
        self._world.folders[number] = title
        return JSONResponse({"folderId": number})


async def _body(request: Request) -> dict[str, Any]:
    """The body, which counts only under one of two exact content types."""
    if request.headers.get("content-type") not in ("application/json", "text/json"):
        return {}
    body: dict[str, Any] = json.loads(await request.body() or b"{}")
    return body


async def _nothing(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return Response(status_code=404)


def _defaults(job_id: int) -> dict[str, Any]:
    """A job as it is where nothing is said: off, and never due."""
    return {
        "jobId": job_id,
        "title": "",
        "enabled": False,
        "saveResponses": False,
        "lastStatus": 0,
        "lastDuration": 0,
        "lastExecution": 0,
        "nextExecution": None,
        "type": 0,
        "requestMethod": 0,
        "requestTimeout": 30,
        "redirectSuccess": False,
        "folderId": 0,
        "schedule": {**_NEVER, "hours": [], "mdays": [], "minutes": [], "months": [], "wdays": []},
        "notification": {
            "onFailure": False,
            "onFailureCount": 1,
            "onSuccess": False,
            "onDisable": False,
            "onSslCertExpiry": False,
            "onSslCertExpirySeconds": 1209600,
        },
        "auth": {"enable": False, "user": "", "password": ""},
        "extendedData": {"headers": {}, "body": ""},
    }
