"""One account at cron-job.org: its jobs, their history, its folders.

Source: https://docs.cron-job.org/rest-api.html (read 2026-11), and the server's code for what that
page leaves out: github.com/pschlan/cron-job.org, chronos/ and api/.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.cronjob.schedule import coming, start_of_yesterday

MAX_FAILURES = 15
OK, HTTP_ERROR, TIMEOUT = 1, 4, 5
_KEPT = 50
_MONITORING = 1
_STATS: Mapping[str, int] = {
    "nameLookup": 900,
    "connect": 1700,
    "appConnect": 4000,
    "preTransfer": 4100,
    "startTransfer": 79000,
    "total": 80000,
}
"""µs since the start, each after the one before."""


class CronJobWorld:
    """One account. `jobs` by id, each a DetailedJob in cron-job.org's words.

    What people do in the console is done by `add` and by changing `jobs`; what the service does, by
    `run`.
    """

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
        """Adds a job; what is not given has the vendor's default: off, and never due."""
        job_id = self.next_id()
        self.jobs[job_id] = _defaults(job_id)
        self.change(job_id, given)
        return job_id

    def change(self, job_id: int, given: Mapping[str, Any]) -> None:
        """Changes what is given. An object is taken whole: what it leaves out has its default."""
        job, defaults = self.jobs[job_id], _defaults(job_id)
        for name, value in given.items():
            is_whole = isinstance(value, dict) and isinstance(defaults.get(name), dict)
            job[name] = {**defaults[name], **value} if is_whole else value
        if given.get("enabled"):
            self.failures[job_id] = 0

    def delete(self, job_id: int) -> None:
        """Deletes a job, and what it left behind."""
        del self.jobs[job_id]
        self.history.pop(job_id, None)
        self.failures.pop(job_id, None)

    def titled(self, title: str) -> dict[str, Any]:
        """The oldest job of that title."""
        return next(each for each in self.jobs.values() if each["title"] == title)

    def details(self, job_id: int) -> dict[str, Any]:
        """A job, with when it runs next; without headers PHP writes them as an empty list."""
        job = self.jobs[job_id]
        extended = job["extendedData"]
        return {
            **job,
            "nextExecution": next(iter(self.predictions(job_id)), None),
            "extendedData": {**extended, "headers": extended["headers"] or []},
        }

    def predictions(self, job_id: int) -> list[int]:
        """The next three times at which a job is due, in seconds since 1970."""
        times = coming(self.jobs[job_id], after=self.clock.now())
        return [int(each.timestamp()) for each in islice(times, 3)]

    def kept(self, job_id: int) -> list[dict[str, Any]]:
        """The newest fifty runs of today and yesterday, newest first."""
        start_s = start_of_yesterday(self.clock.now())
        rows = self.history.get(job_id, [])
        return [row for row in rows if row["date"] >= start_s][:_KEPT]

    def run(self, job_id: int, *, status: int, duration_ms: int = 80) -> None:
        """Lets a job run once: `status` 1 is well, 4 an HTTP error, 5 a timeout."""
        job, rows = self.jobs[job_id], self.history.setdefault(job_id, [])
        now_s = int(self.clock.now().timestamp())
        job |= {"lastStatus": status, "lastDuration": duration_ms, "lastExecution": now_s}
        row = {
            "jobLogId": len(rows),
            "jobId": job_id,
            "identifier": f"{job_id}-{self.clock.now():%d-%m}-{len(rows)}",
            "date": now_s,
            "datePlanned": now_s,
            "jitter": 100,
            "url": job["url"],
            "duration": duration_ms,
            "status": status,
            "statusText": "OK" if status == OK else "Failed",
            "httpStatus": {OK: 200, HTTP_ERROR: 503}.get(status, 0),
            "headers": None,
            "body": None,
            "stats": dict(_STATS),
        }
        rows.insert(0, row)
        self._count_failure(job, status)

    def _count_failure(self, job: dict[str, Any], status: int) -> None:
        """The 16th failure in a row switches a job off; timeouts add none to the first."""
        failed = self.failures.get(job["jobId"], 0)
        counted = {OK: 0, TIMEOUT: max(failed, 1)}.get(status, failed + 1)
        self.failures[job["jobId"]] = counted
        if counted > MAX_FAILURES and job["type"] != _MONITORING:
            job["enabled"] = False


def _defaults(job_id: int) -> dict[str, Any]:
    """A job as it is where nothing is said: off, and never due."""
    never: dict[str, list[int]] = {
        name: [] for name in ("hours", "mdays", "minutes", "months", "wdays")
    }
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
        "schedule": {"timezone": "UTC", "expiresAt": 0, **never},
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
