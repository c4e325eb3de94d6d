"""Deploys of one service: what was rolled out, what is, and what happened and was measured there.

When to deploy, and whether one is well, is decided elsewhere.
Source: https://api-docs.render.com/reference, https://render.com/docs/deploys (read 2026-11).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keepwell.clients.base import Api, cursor_rows, segment
from keepwell.clock import Clock
from keepwell.errors import CouldNotTell

QUEUED_WITHIN_S = 60.0
_ASK_EVERY_S = 5.0
_RECENT = 20
_ENDED = frozenset(
    {"live", "deactivated", "build_failed", "pre_deploy_failed", "update_failed", "canceled"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """One roll-out. `status` and `trigger` are Render's words, and may be ones that are new.

    `revision` is the commit, empty for services made from an image.
    """

    id: str
    status: str
    trigger: str = ""
    revision: str = ""
    created_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether its status will stay; of a word that is new nobody knows, so it has not."""
        return self.status in _ENDED

    @property
    def was_live(self) -> bool:
        """Whether it served: `deactivated` is a deploy that another one has followed."""
        return self.status in ("live", "deactivated")


class Deploys:
    """The deploys of the service `service_id`."""

    def __init__(self, api: Api, *, clock: Clock, service_id: str) -> None:
        self._api = api
        self._clock = clock
        self._service_id = service_id
        self._path = f"/services/{segment(service_id)}"

    def recent(self) -> list[Deploy]:
        """The last twenty, newest first."""
        rows = self._api.get(f"{self._path}/deploys", params={"limit": str(_RECENT)}).json or ()
        return [_deploy(row["deploy"]) for row in rows]

    def one(self, deploy_id: str) -> Deploy:
        """A deploy as it stands now."""
        return _deploy(self._api.get(f"{self._path}/deploys/{segment(deploy_id)}").json)

    def start(self, *, revision: str = "") -> Deploy:
        """Deploys a commit, or the newest of the branch.

        Render may answer 202 without saying which deploy that is: then the one is looked up that
        was not there before. Autodeploy stays on, and may follow with a commit of its own.

        Raises:
            CouldNotTell: Render took it, and no new deploy is to be seen.
        """
        known = {each.id for each in self.recent()}
        body = {"commitId": revision} if revision else {}
        answer = self._api.post(f"{self._path}/deploys", json=body, expect=(201, 202))
        if answer.json:
            return _deploy(answer.json)
        return self._appeared(known, revision=revision)

    def roll_back(self, deploy_id: str) -> Deploy:
        """Deploys again what an earlier deploy had rolled out. Autodeploy stays on."""
        path = f"{self._path}/rollback"
        return _deploy(self._api.post(path, json={"deployId": deploy_id}, expect=(201,)).json)

    def cancel(self, deploy_id: str) -> Deploy:
        """Ends a deploy that has not ended."""
        path = f"{self._path}/deploys/{segment(deploy_id)}/cancel"
        return _deploy(self._api.post(path, is_idempotent=True).json)

    def events(self, *, since: datetime) -> list[Mapping[str, Any]]:
        """What happened since, as Render tells it; without a time it would tell the last hour."""
        params = {"startTime": since.isoformat()}
        return list(cursor_rows(self._api, f"{self._path}/events", name="event", params=params))

    def instances(self) -> list[str]:
        """The ids of the instances that run now; `RENDER_INSTANCE_ID` is one of them."""
        return [each["id"] for each in self._api.get(f"{self._path}/instances").json or ()]

    def metric(self, name: str, *, since: datetime) -> list[Mapping[str, Any]]:
        """Series of one metric ("cpu", "instance-count"): labels, values with their times, unit."""
        params = {"resource": self._service_id, "startTime": since.isoformat()}
        return list(self._api.get(f"/metrics/{segment(name)}", params=params).json or ())

    def _appeared(self, known: Collection[str], *, revision: str) -> Deploy:
        deadline_s = self._clock.monotonic_s() + QUEUED_WITHIN_S
        while True:
            new = [each for each in self.recent() if each.id not in known]
            if found := _asked_for(new, revision=revision):
                return found
            if self._clock.monotonic_s() >= deadline_s:
                raise CouldNotTell(
                    f"Render took a deploy of {self._service_id} and shows none"
                    f" after {QUEUED_WITHIN_S:.0f} s",
                    hint="look at the service's events in Render's dashboard",
                )
            self._clock.sleep(_ASK_EVERY_S)


def _asked_for(new: Sequence[Deploy], *, revision: str) -> Deploy | None:
    """The newest deploy that may be the one; a commit can follow in the same moment."""
    likely = [each for each in new if each.revision in ("", revision) or not revision]
    return next((each for each in likely if each.trigger == "api"), next(iter(likely), None))


def _deploy(body: Mapping[str, Any]) -> Deploy:
    return Deploy(
        id=body["id"],
        status=body.get("status") or "",
        trigger=body.get("trigger") or "",
        revision=(body.get("commit") or {}).get("id") or "",
        created_at=_moment(body.get("createdAt")),
        finished_at=_moment(body.get("finishedAt")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
