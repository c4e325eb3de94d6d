"""A stand-in for cron-job.org's API: one account's jobs and folders.

Source: https://docs.cron-job.org/rest-api.html (read 2026-11), and the server's code for what that
page leaves out: a body counts only with the exact content type, a job without `enabled` is off,
errors have no body, a job is switched off at its 16th failure in a row. The hundred calls of a day
are counted over the last 24 hours here, and there over a day of UTC.
"""

from starlette.applications import Starlette
from starlette.routing import Route

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.base import Desk, Policy
from keepwell.rehearsal.simulators.cronjob.calls import Calls, nothing
from keepwell.rehearsal.simulators.cronjob.world import MAX_FAILURES, CronJobWorld

__all__ = ["MAX_FAILURES", "CronJobSimulator", "CronJobWorld"]

_DAY_S = 86400.0


def _is_job(method: str, path: str) -> bool:
    return (method, path) == ("PUT", "/jobs")


def _is_folder(method: str, path: str) -> bool:
    return (method, path) == ("PUT", "/folders")


def _is_other(method: str, path: str) -> bool:
    return not _is_job(method, path) and not _is_folder(method, path)


_POLICY = Policy(
    refuse=lambda status, message: (b"", {}),  # noqa: ARG005 - it says nothing
    quotas=(
        (lambda method, path: True, 100, _DAY_S),  # noqa: ARG005
        (_is_job, 5, 60.0),
        (_is_job, 1, 1.0),
        (_is_folder, 10, 60.0),
        (_is_folder, 1, 1.0),
        (_is_other, 5, 1.0),
    ),
    says_retry_after=False,
)


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
        missing = {404: nothing, 405: nothing}
        routes = _routes(Calls(self.world))
        self.app = self.desk.mount(Starlette(routes=routes, exception_handlers=missing))


def _routes(calls: Calls) -> list[Route]:
    job, folder = "/jobs/{job:int}", "/folders/{folder:int}"
    return [
        Route("/jobs", calls.jobs, methods=["GET"]),
        Route("/jobs", calls.create, methods=["PUT"]),
        Route(job, calls.job, methods=["GET"]),
        Route(job, calls.patch, methods=["PATCH"]),
        Route(job, calls.delete, methods=["DELETE"]),
        Route(f"{job}/history", calls.history, methods=["GET"]),
        Route(f"{job}/history/{{identifier}}", calls.item, methods=["GET"]),
        Route("/folders", calls.folders, methods=["GET"]),
        Route("/folders", calls.create_folder, methods=["PUT"]),
        Route(folder, calls.patch_folder, methods=["PATCH"]),
        Route(folder, calls.delete_folder, methods=["DELETE"]),
    ]
