"""How many instances one service runs on, and telling Render another number.

Source: https://render.com/docs/scaling (read 2026-11).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from keepwell.clients.base import Api, segment
from keepwell.clients.render.deploys import Deploys
from keepwell.clients.render.workspace import Workspace
from keepwell.clock import Clock
from keepwell.errors import CouldNotTell
from keepwell.model.scaling import Fleet

_STIRS = frozenset({"instance_count_changed", "deploy_started", "deploy_ended"})


class Instances:
    """The instances of the service `name`."""

    def __init__(self, api: Api, *, clock: Clock, workspace: Workspace, name: str) -> None:
        self._api = api
        self._clock = clock
        self._workspace = workspace
        self._name = name
        self._id = ""

    def fleet(self, *, within_s: float) -> Fleet:
        """The instances as they are now; what stirred them before `within_s` is not looked for.

        Raises:
            CouldNotTell: there is no such service.
            ApiError: a call gave no answer that can be used.
        """
        service = self._service()
        details = service.get("serviceDetails") or {}
        deploys = Deploys(self._api, clock=self._clock, service_id=self._id)
        since = self._clock.now() - timedelta(seconds=within_s)
        return Fleet(
            wanted=details.get("numInstances") or 1,
            running=len(deploys.instances()),
            quiet_s=self._quiet_s(deploys.events(since=since)),
            is_autoscaled=bool((details.get("autoscaling") or {}).get("enabled")),
            suspenders=_suspenders(service),
        )

    def scale_to(self, count: int) -> None:
        """Tells Render how many are to run, which it ignores as long as it scales by itself."""
        path = f"/services/{segment(self._id)}/scale"
        self._api.post(path, json={"numInstances": count}, is_idempotent=True)

    def _service(self) -> Mapping[str, Any]:
        """The service as it is now; its id is looked up once."""
        if self._id:
            found: Mapping[str, Any] = self._api.get(f"/services/{segment(self._id)}").json
            return found
        service = self._workspace.service(self._name)
        if service is None:
            raise CouldNotTell(
                f"there is no service {self._name} at Render",
                hint="push render.yaml to the branch that the Blueprint is linked to",
            )
        self._id = service["id"]
        return service

    def _quiet_s(self, events: Sequence[Mapping[str, Any]]) -> float:
        """Seconds since the newest event that stirs the instances; infinite where there is none."""
        moments = [
            datetime.fromisoformat(each["timestamp"])
            for each in events
            if each.get("type") in _STIRS
        ]
        passed = (self._clock.now() - each for each in moments)
        return min((each.total_seconds() for each in passed), default=float("inf"))


def _suspenders(service: Mapping[str, Any]) -> tuple[str, ...]:
    if service.get("suspended") != "suspended":
        return ()
    return tuple(service.get("suspenders") or ()) or ("somebody",)
