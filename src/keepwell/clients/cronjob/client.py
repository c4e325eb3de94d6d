"""cron-job.org as a vendor of keepwell's: observes jobs, and changes what is to be changed.

Jobs are known again by their titles, which begin with the stack's prefix. It pings nothing itself.
Source: https://docs.cron-job.org/rest-api.html and https://github.com/pschlan/cron-job.org
(read 2026-11).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from keepwell.clients.base import Answer, Api, at_once, resolved, segment
from keepwell.clients.cronjob.sight import compared, survey
from keepwell.clock import Clock
from keepwell.errors import ApiError
from keepwell.model.plan import Action, Batch, Change
from keepwell.model.resource import Observation, Resource
from keepwell.model.secret import Lookup, names_in


class CronJob:
    """The jobs of one account whose titles begin with `prefix` ("keepwell:shop/")."""

    name = "cron-job-org"

    def __init__(self, api: Api, *, clock: Clock, lookup: Lookup, prefix: str) -> None:
        self._api = api
        self._clock = clock
        self._lookup = lookup
        self._prefix = prefix

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        return self._api.calls

    def close(self) -> None:
        """Closes the connections."""
        self._api.close()

    def observe(self, desired: Sequence[Resource]) -> Observation:
        """The jobs of ours, and those with a desired title: one round trip, and one for details.

        Of several jobs with one title the oldest counts; the others are ours under "TITLE#ID", and
        so surplus. Header values and the like that differ are HIDDEN.

        Raises:
            ApiError: the list is incomplete, or a call failed.
        """
        before = self.calls
        wanted = {each.key: each for each in desired}
        rows = self._keyed(wanted)
        asked = [key for key in rows if key in wanted]
        found = at_once(*[partial(self._details, rows[key]["jobId"]) for key in asked])
        details = dict(zip(asked, found, strict=True))
        present = {key: row for key, row in rows.items() if details.get(key, row) is not None}
        return Observation(
            vendor=self.name,
            resources=tuple(
                self._resource(key, details.get(key) or row, wanted.get(key))
                for key, row in present.items()
            ),
            uncompared=sorted(self._missing(wanted[key] for key in asked if key in present)),
            findings=tuple(survey(present, wanted)),
            calls=self.calls - before,
            taken_at=self._clock.now(),
        )

    def apply(self, batch: Batch) -> None:
        """Makes the changes of a batch, one call each.

        A job that was made without our hearing of it is found by its title the next time.

        Raises:
            UsageError: a secret is not at hand; nothing was sent.
            ApiError: cron-job.org refuses, or did not answer.
        """
        bodies = [self._body(change) for change in batch.changes]
        for change, body in zip(batch.changes, bodies, strict=True):
            if change.action is Action.CREATE:
                self._api.put("/jobs", json={"job": body}, is_idempotent=False)
            elif change.action is Action.UPDATE:
                self._api.patch(f"/jobs/{change.id}", json={"job": body}, is_idempotent=True)
            else:
                self._api.delete(f"/jobs/{change.id}", expect=(200, 404))

    def history(self, job_id: str) -> tuple[Mapping[str, Any], ...]:
        """The last executions, newest first: at most 50, of today and yesterday.

        Each as cron-job.org has it: `date` and `datePlanned` in epoch seconds, `jitter` and
        `duration` in ms, `stats` in µs since the start, `status` as in LAST, `httpStatus`.
        """
        return tuple(_part(self._api.get(f"/jobs/{segment(job_id)}/history"), "history"))

    def folders(self) -> dict[str, int]:
        """The ids of the account's folders, by title."""
        rows = _part(self._api.get("/folders"), "folders")
        return {row["title"]: row["folderId"] for row in rows}

    def create_folder(self, title: str) -> int:
        """Makes a folder and answers its id.

        Raises:
            ApiError: there is one of that title (409), or the call failed.
        """
        answer = self._api.put("/folders", json={"title": title}, is_idempotent=False)
        return int(_part(answer, "folderId"))

    def _keyed(self, wanted: Mapping[str, Resource]) -> dict[str, Mapping[str, Any]]:
        """The summaries of the jobs that matter, by the key that each has for keepwell."""
        answer = self._api.get("/jobs")
        rows = _part(answer, "jobs")
        if answer.json.get("someFailed"):
            raise ApiError(
                "cron-job.org could not list all jobs",
                hint="try again later: a job that is merely not listed must not be made twice",
            )
        keyed: dict[str, Mapping[str, Any]] = {}
        for row in sorted(rows, key=lambda row: row["jobId"]):
            title = row["title"]
            if title in wanted or title.startswith(self._prefix):
                keyed[f"{title}#{row['jobId']}" if title in keyed else title] = row
        return keyed

    def _details(self, job_id: int) -> Mapping[str, Any] | None:
        """All fields of a job; None where it has gone since it was listed."""
        answer = self._api.get(f"/jobs/{job_id}", expect=(200, 404))
        return _part(answer, "jobDetails") if answer.status == 200 else None

    def _resource(self, key: str, row: Mapping[str, Any], wanted: Resource | None) -> Resource:
        fields = (
            {"url": row["url"], "enabled": row["enabled"]}
            if wanted is None
            else compared(wanted.fields, row, lookup=self._lookup)
        )
        return Resource(vendor=self.name, kind="job", key=key, fields=fields, id=str(row["jobId"]))

    def _missing(self, wanted: Iterable[Resource]) -> set[str]:
        names = {name for each in wanted for name in names_in(dict(each.fields))}
        return {name for name in names if self._lookup(name) is None}

    def _body(self, change: Change) -> dict[str, Any]:
        wanted = change.resource.fields if change.action is Action.CREATE else change.after
        title = {"title": change.resource.key} if change.action is Action.CREATE else {}
        return {**title, **resolved(change, dict(wanted), lookup=self._lookup)}


def _part(answer: Answer, name: str) -> Any:
    """What an answer holds under that name.

    Raises:
        ApiError: it holds nothing there.
    """
    if not isinstance(answer.json, dict) or name not in answer.json:
        raise ApiError(
            f"cron-job.org answered without {name}",
            hint="try again; if it stays so, cron-job.org has changed its API",
        )
    return answer.json[name]
