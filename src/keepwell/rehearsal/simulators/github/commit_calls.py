"""The calls on what belongs to a commit: its statuses and its pull requests.

Source: https://docs.github.com/en/rest/commits (read 2026-11).
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.github.answering import Refusal, body_of, page
from keepwell.rehearsal.simulators.github.world import GitHubWorld

_STATES = ("error", "failure", "pending", "success")
_LONGEST = 140
_MOST = 1000


class CommitCalls:
    """The calls, on one repository."""

    def __init__(self, world: GitHubWorld) -> None:
        self._world = world

    async def make_status(self, request: Request) -> Response:
        """POST /statuses/{sha}: one more; a context has at most 1000 on a commit."""
        sha, body = request.path_params["sha"], await body_of(request, {}, needed="state")
        if body["state"] not in _STATES or len(body.get("description") or "") > _LONGEST:
            raise Refusal(422, "Validation Failed")
        rows = self._world.statuses.setdefault(sha, [])
        context = body.get("context", "default")
        if len([each for each in rows if each["context"] == context]) >= _MOST:
            raise Refusal(422, "This SHA and context has reached the maximum number of statuses.")
        usual = {"description": None, "target_url": None}
        rows.insert(0, {**usual, **body, "context": context, "id": len(rows) + 1})
        return JSONResponse(rows[0], 201)

    async def statuses(self, request: Request) -> Response:
        """GET /commits/{sha}/statuses: all there ever were, newest first."""
        answer: Response = page(request, self._world.statuses.get(request.path_params["sha"], []))
        return answer

    async def combined(self, request: Request) -> Response:
        """GET /commits/{sha}/status: the newest of each context, and what they come to."""
        sha = request.path_params["sha"]
        newest = {each["context"]: each for each in reversed(self._world.statuses.get(sha, []))}
        rows = list(newest.values())
        head = {"state": _sum({each["state"] for each in rows}), "sha": sha}
        answer: Response = page(
            request,
            rows,
            shape=lambda shown: {**head, "total_count": len(rows), "statuses": shown},
        )
        return answer

    async def pulls(self, request: Request) -> Response:
        """GET /commits/{sha}/pulls."""
        world = self._world
        rows: list[dict[str, Any]] = [
            {
                "number": number,
                "head": {"sha": sha},
                "merged_at": None if sha in world.unmerged else world.moment(),
            }
            for number, sha in enumerate(world.pulls.get(request.path_params["sha"], []), start=1)
        ]
        answer: Response = page(request, rows)
        return answer


def _sum(states: set[str]) -> str:
    if states & {"error", "failure"}:
        return "failure"
    return "success" if states == {"success"} else "pending"
