"""GitHub, as far as plan and apply need it: a lock, commit statuses, one issue, files on a branch.

Texts that are handed in are already fit for Markdown. Nothing here decides what they say.
Source: https://docs.github.com/en/rest (read 2026-11).
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keepwell.clients.base import Api, CallError, Limit, Terms, linked_rows, segment
from keepwell.clock import Clock
from keepwell.errors import CouldNotTell, KeepwellError, Refused

TERMS = Terms(
    vendor="github",
    base_url="https://api.github.com",
    token_name="GITHUB_TOKEN",  # noqa: S106 - the variable's name
    token_url="https://github.com/settings/personal-access-tokens",  # noqa: S106
    see="README.md#tokens-and-permissions",
    limits=(Limit(requests=80, window_s=60.0),),
    headers={"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"},
    permission={
        "POST /repos/*/*/git": "contents: write",
        "DELETE /repos/*/*/git": "contents: write",
        "PATCH /repos/*/*/git": "contents: write",
        "GET /repos/*/*/git": "contents: read",
        "POST /repos/*/*/statuses": "statuses: write",
        "GET /repos/*/*/commits": "statuses: read and pull-requests: read",
        "POST /repos/*/*/issues": "issues: write",
        "PATCH /repos/*/*/issues": "issues: write",
        "GET /repos/*/*/issues": "issues: read",
    },
)

_BODY_MARK = "<!-- {marker} -->"
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock that is held: its name, and the tag object that says by whom."""

    name: str
    sha: str


class GitHub:
    """One repository, "owner/name"."""

    def __init__(self, api: Api, *, clock: Clock, repository: str) -> None:
        self._api = api
        self._clock = clock
        self._at = "/repos/" + "/".join(segment(part) for part in repository.split("/"))

    def take_lock(self, name: str, *, owner: str, sha: str = "") -> Lock:
        """Takes a lock by creating the ref `refs/keepwell/lock/NAME`: only one can.

        The ref points at a tag object that names the owner and the time. `sha` is the commit that
        the tag is on; empty means the head of the default branch.

        Raises:
            Refused: somebody has it; the message says who, and since when.
            CouldNotTell: nobody has it, and yet it was not given.
        """
        tag = {
            "tag": f"keepwell-lock-{name}",
            "message": owner,
            "object": sha or self._default_head(),
            "type": "commit",
            "tagger": {
                "name": "keepwell",
                "email": "keepwell@users.noreply.github.com",
                "date": f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ}",
            },
        }
        lock = Lock(name=name, sha=self._made("tags", tag))
        if not self._is_claimed(lock):
            raise self._taken(name)
        return lock

    def give_back(self, lock: Lock) -> None:
        """Gives a lock back, unless somebody broke it and has taken it since."""
        if self._holder(lock.name) == lock.sha:
            self.break_lock(lock.name)

    def break_lock(self, name: str) -> None:
        """Removes a lock, whoever has it; there may be none."""
        path = f"{self._at}/git/refs/keepwell/lock/{segment(name)}"
        self._api.delete(path, expect=(204, 404, 422))

    def set_status(
        self, sha: str, *, context: str, state: str, description: str, target_url: str = ""
    ) -> None:
        """Sets a commit status; the last of a context counts. 140 characters are shown."""
        body = {"state": state, "context": context, "description": description[:140]}
        if target_url:
            body["target_url"] = target_url
        self._api.post(
            f"{self._at}/statuses/{segment(sha)}", json=body, expect=(201,), is_idempotent=True
        )

    def status(self, sha: str, *, context: str) -> str | None:
        """The description of the newest status of a context; None where there is none."""
        rows = linked_rows(self._api, f"{self._at}/commits/{segment(sha)}/statuses")
        return next(
            (each["description"] or "" for each in rows if each["context"] == context), None
        )

    def heads_of(self, sha: str) -> tuple[str, ...]:
        """The head commits of the merged pull requests that a commit belongs to.

        One that is open may name any commit, also one of another branch that nobody reviewed.
        """
        rows = linked_rows(self._api, f"{self._at}/commits/{segment(sha)}/pulls")
        return tuple(each["head"]["sha"] for each in rows if each["merged_at"])

    def keep_issue(self, *, title: str, body: str, marker: str) -> str:
        """Opens the one issue of a marker, or brings it up to date; the address of its page."""
        content = {"title": title, "body": f"{_BODY_MARK.format(marker=marker)}\n{body}"}
        issue = self._marked_issue(marker)
        if issue is None:
            made = self._api.post(
                f"{self._at}/issues", json={**content, "labels": [marker]}, expect=(201,)
            )
            return str(made.json["html_url"])
        if issue["body"] != content["body"]:
            path = f"{self._at}/issues/{issue['number']}"
            self._api.patch(path, json=content, is_idempotent=True)
        return str(issue["html_url"])

    def close_issue(self, marker: str, *, comment: str) -> None:
        """Closes the one issue of a marker, if it is open, and says why."""
        issue = self._marked_issue(marker)
        if issue is None:
            return
        path = f"{self._at}/issues/{issue['number']}"
        self._api.post(f"{path}/comments", json={"body": comment}, expect=(201,))
        self._api.patch(
            path, json={"state": "closed", "state_reason": "completed"}, is_idempotent=True
        )

    def keep_file(self, path: str, *, content: bytes, branch: str, message: str) -> None:
        """Commits one file to a branch, which is made where it does not exist.

        Other files of the branch stay. Somebody else's commit in between is built upon.

        Raises:
            CouldNotTell: others were faster every time.
            Refused: GitHub lets nobody change the branch so.
        """
        ref = f"heads/{branch}"
        blob = self._made(
            "blobs", {"content": base64.b64encode(content).decode(), "encoding": "base64"}
        )
        head = self._ref(ref)
        for _ in range(_TRIES):
            commit = self._commit(path, blob=blob, message=message, parent=head)
            said = self._move(ref, to=commit, exists=head is not None)
            if said is None:
                return
            before, head = head, self._ref(ref)
            if head == before:
                raise Refused(f"GitHub does not take {path} on the branch {branch}: {said}")
        raise CouldNotTell(
            f"{path} was not kept: others kept changing the branch {branch}",
            hint="run it again when they are done",
        )

    def _commit(self, path: str, *, blob: str, message: str, parent: str | None) -> str:
        entry = {"path": path, "mode": "100644", "type": "blob", "sha": blob}
        tree: dict[str, Any] = {"tree": [entry]}
        if parent is not None:
            tree["base_tree"] = parent
        commit = {
            "message": message,
            "tree": self._made("trees", tree),
            "parents": [parent] if parent is not None else [],
        }
        return self._made("commits", commit)

    def _made(self, kind: str, body: Any) -> str:
        """The sha of an object, which is the same however often it is made."""
        answer = self._api.post(
            f"{self._at}/git/{kind}", json=body, expect=(201,), is_idempotent=True
        )
        return str(answer.json["sha"])

    def _move(self, ref: str, *, to: str, exists: bool) -> str | None:
        """Moves or makes a ref; None where that was done, else what GitHub said."""
        if exists:
            path, body = f"{self._at}/git/refs/{ref}", {"sha": to, "force": False}
            answer = self._api.patch(path, json=body, expect=(200, 422))
        else:
            body = {"ref": f"refs/{ref}", "sha": to}
            answer = self._api.post(f"{self._at}/git/refs", json=body, expect=(201, 422))
        return str((answer.json or {}).get("message", "")) if answer.status == 422 else None

    def _ref(self, ref: str) -> str | None:
        answer = self._api.get(f"{self._at}/git/ref/{ref}", expect=(200, 404))
        return str(answer.json["object"]["sha"]) if answer.status == 200 else None

    def _holder(self, name: str) -> str | None:
        return self._ref(f"keepwell/lock/{segment(name)}")

    def _default_head(self) -> str:
        branch = self._api.get(self._at).json["default_branch"]
        head = self._ref(f"heads/{branch}")
        if head is None:
            raise CouldNotTell(f"the branch {branch} has no commit, so it can hold no lock")
        return head

    def _is_claimed(self, lock: Lock) -> bool:
        """Makes the lock's ref; whether it is ours. Without an answer the ref itself tells."""
        body = {"ref": f"refs/keepwell/lock/{lock.name}", "sha": lock.sha}
        try:
            answer = self._api.post(f"{self._at}/git/refs", json=body, expect=(201, 422))
        except CallError as error:
            if (error.status or 500) < 500 or self._holder(lock.name) != lock.sha:
                raise
            return True
        return answer.status == 201

    def _taken(self, name: str) -> KeepwellError:
        by = self._owner(name)
        if by is None:
            return CouldNotTell(
                f"the lock {name} was not given, though nobody has it now",
                hint="run it again: somebody may have just given it back",
            )
        return Refused(
            f"another apply of {name} is under way: {by}",
            hint="wait for it; if it is gone for good, take its lock: keepwell apply --break-lock",
        )

    def _owner(self, name: str) -> str | None:
        """Who has a lock, and since when, as far as it can be found out; None if nobody."""
        try:
            if (sha := self._holder(name)) is None:
                return None
            tag = self._api.get(f"{self._at}/git/tags/{sha}").json
            since = datetime.fromisoformat(tag["tagger"]["date"])
            minutes = (self._clock.now() - since).total_seconds() / 60
            return f"{tag['message'].strip()}, {minutes:.0f} min ago"
        except (CallError, KeyError, ValueError, TypeError):
            return "it does not say whose"

    def _marked_issue(self, marker: str) -> Any:
        """The newest open issue that carries a marker, or None. Pull requests are no issues."""
        asked = {"labels": marker, "state": "open"}
        rows = linked_rows(self._api, f"{self._at}/issues", params=asked)
        mark = _BODY_MARK.format(marker=marker)
        return next(
            (
                each
                for each in rows
                if "pull_request" not in each and (each["body"] or "").startswith(mark)
            ),
            None,
        )
