"""The calls on issues, their comments, and labels.

Source: https://docs.github.com/en/rest/issues (read 2026-11).
"""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.github.answering import Refusal, body_of, page
from keepwell.rehearsal.simulators.github.world import GitHubWorld

_ISSUE = {"title": str, "labels": list, "state": str}
_LONGEST = 65536


class IssueCalls:
    """The calls, on one repository."""

    def __init__(self, world: GitHubWorld, repository: str) -> None:
        self._world = world
        self._repository = repository

    async def issues(self, request: Request) -> Response:
        """GET /issues, newest first: open ones unless told; of many labels, each is asked for."""
        state = request.query_params.get("state", "open")
        labels = {each for each in request.query_params.get("labels", "").split(",") if each}
        rows = [
            each
            for each in reversed(self._world.issues)
            if state in ("all", each["state"]) and labels <= {one["name"] for one in each["labels"]}
        ]
        answer: Response = page(request, rows)
        return answer

    async def make_issue(self, request: Request) -> Response:
        """POST /issues. Labels that there are not yet are made."""
        body = await body_of(request, _ISSUE, needed="title")
        _check_length(body)
        number = len(self._world.issues) + 1
        issue = {
            "number": number,
            "html_url": f"https://github.com/{self._repository}/issues/{number}",
            "state": "open",
            "state_reason": None,
            "title": body["title"],
            "body": body.get("body"),
            "labels": self._labelled(body.get("labels", [])),
        }
        self._world.issues.append(issue)
        return JSONResponse(issue, 201)

    async def issue(self, request: Request) -> Response:
        """GET /issues/{number}."""
        return JSONResponse(self._found(request))

    async def patch_issue(self, request: Request) -> Response:
        """PATCH /issues/{number}: what is sent; labels replace those there are."""
        issue, body = self._found(request), await body_of(request, _ISSUE)
        _check_length(body)
        if body.get("state", "open") not in ("open", "closed"):
            raise Refusal(422, "Validation Failed")
        if "labels" in body:
            body["labels"] = self._labelled(body["labels"])
        fields = ("title", "body", "state", "state_reason", "labels")
        issue |= {name: body[name] for name in fields if name in body}
        return JSONResponse(issue)

    async def comments(self, request: Request) -> Response:
        """GET /issues/{number}/comments, oldest first."""
        number = self._found(request)["number"]
        places = [place for place, each in enumerate(self._world.comments) if each[0] == number]
        answer: Response = page(request, [self._comment(place) for place in places])
        return answer

    async def comment(self, request: Request) -> Response:
        """POST /issues/{number}/comments."""
        number = self._found(request)["number"]
        body = await body_of(request, {"body": str}, needed="body")
        _check_length(body)
        self._world.comments.append((number, body["body"]))
        return JSONResponse(self._comment(len(self._world.comments) - 1), 201)

    async def patch_comment(self, request: Request) -> Response:
        """PATCH /issues/comments/{id}."""
        place = request.path_params["id"] - 1
        if not 0 <= place < len(self._world.comments):
            raise Refusal(404, "Not Found")
        body = await body_of(request, {"body": str}, needed="body")
        _check_length(body)
        self._world.comments[place] = (self._world.comments[place][0], body["body"])
        return JSONResponse(self._comment(place))

    async def labels(self, request: Request) -> Response:
        """GET /labels."""
        answer: Response = page(request, list(self._world.labels.values()))
        return answer

    async def make_label(self, request: Request) -> Response:
        """POST /labels: a name is unique, in whatever case."""
        body = await body_of(request, {"name": str, "color": str}, needed="name")
        if body["name"].lower() in map(str.lower, self._world.labels):
            raise Refusal(422, "Validation Failed")
        return JSONResponse(self._label(**body), 201)

    def _labelled(self, names: Sequence[str]) -> list[dict[str, Any]]:
        for name in names:
            if name not in self._world.labels:
                self._label(name=name)
        return [{"name": name} for name in names]

    def _label(self, *, name: str, color: str = "ededed", description: str = "") -> dict[str, Any]:
        label = {"name": name, "color": color, "description": description or None}
        self._world.labels[name] = label
        return label

    def _comment(self, place: int) -> dict[str, Any]:
        return {"id": place + 1, "body": self._world.comments[place][1]}

    def _found(self, request: Request) -> dict[str, Any]:
        number = request.path_params["number"]
        if not 1 <= number <= len(self._world.issues):
            raise Refusal(404, "Not Found")
        found: dict[str, Any] = self._world.issues[number - 1]
        return found


def _check_length(body: dict[str, Any]) -> None:
    if len(body.get("body") or "") > _LONGEST:
        raise Refusal(
            422, f"Validation Failed: body is too long (maximum is {_LONGEST} characters)"
        )
