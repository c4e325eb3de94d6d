"""A stand-in for GitHub's API: one repository, as far as refs, statuses and issues go.

Source: https://docs.github.com/en/rest (read 2026-11).
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.base import Desk, Policy

_POLICY = Policy(
    quotas=((lambda method, path: True, 1000, 3600.0),),  # noqa: ARG005
    headers=lambda limit, left, reset_s: {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(max(0, left)),
        "x-ratelimit-used": str(limit - max(0, left)),
        "x-ratelimit-reset": str(round(reset_s)),
    },
    request_id="x-github-request-id",
)
FIRST = "1" * 40
"""The commit at the head of the default branch."""


@dataclass(kw_only=True)
class GitHubWorld:
    """A repository. `pulls` maps a commit to the heads of the pull requests it belongs to."""

    clock: Clock
    refs: dict[str, str] = field(default_factory=lambda: {"heads/main": FIRST})
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=dict)
    statuses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    pulls: dict[str, list[str]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)

    def store(self, kind: str, content: dict[str, Any]) -> str:
        """Keeps an object under the sha of its content."""
        text = json.dumps([kind, content], sort_keys=True)
        sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        self.objects[sha] = {**content, "sha": sha}
        return sha

    def file(self, path: str, *, branch: str) -> bytes:
        """What a file of a branch holds."""
        tree = self.files(branch)
        return base64.b64decode(self.objects[tree[path]]["content"])

    def files(self, branch: str) -> dict[str, str]:
        """The files of a branch, each with its blob."""
        files: dict[str, str] = self.objects[self.refs[f"heads/{branch}"]]["files"]
        return files


class GitHubSimulator:
    """`app` is served; `world` is the repository; `desk` stands before it."""

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = "ghs_simulated",  # noqa: S107 - opens nothing
        repository: str = "livestreamsell/livestreamsell",
        latency_s: float = 0.0,
    ) -> None:
        self.world = GitHubWorld(clock=clock)
        self.desk = Desk(token=token, clock=clock, latency_s=latency_s, policy=_POLICY)
        calls = _Calls(self.world, repository)
        at = f"/repos/{repository}"
        table = [
            ("GET", at, calls.repository),
            ("POST", f"{at}/git/tags", calls.make_tag),
            ("GET", f"{at}/git/tags/{{sha}}", calls.tag),
            ("POST", f"{at}/git/blobs", calls.make_blob),
            ("POST", f"{at}/git/trees", calls.make_tree),
            ("POST", f"{at}/git/commits", calls.make_commit),
            ("POST", f"{at}/git/refs", calls.make_ref),
            ("GET", f"{at}/git/ref/{{ref:path}}", calls.ref),
            ("PATCH", f"{at}/git/refs/{{ref:path}}", calls.move_ref),
            ("DELETE", f"{at}/git/refs/{{ref:path}}", calls.delete_ref),
            ("POST", f"{at}/statuses/{{sha}}", calls.make_status),
            ("GET", f"{at}/commits/{{sha}}/statuses", calls.statuses),
            ("GET", f"{at}/commits/{{sha}}/pulls", calls.pulls),
            ("GET", f"{at}/issues", calls.issues),
            ("POST", f"{at}/issues", calls.make_issue),
            ("PATCH", f"{at}/issues/{{number:int}}", calls.patch_issue),
            ("POST", f"{at}/issues/{{number:int}}/comments", calls.comment),
        ]
        routes = [Route(path, call, methods=[method]) for method, path, call in table]
        self.app = self.desk.mount(Starlette(routes=routes, exception_handlers={404: _missing}))


class _Calls:
    def __init__(self, world: GitHubWorld, repository: str) -> None:
        self._world = world
        self._repository = repository

    async def repository(self, request: Request) -> Response:  # noqa: ARG002
        return JSONResponse({"full_name": self._repository, "default_branch": "main"})

    async def make_tag(self, request: Request) -> Response:
        body = await request.json()
        target = {"sha": body["object"], "type": body.pop("type")}
        sha = self._world.store("tag", {**body, "object": target})
        return JSONResponse(self._world.objects[sha], 201)

    async def tag(self, request: Request) -> Response:
        found = self._world.objects.get(request.path_params["sha"])
        return JSONResponse(found) if found else _not_found()

    async def make_blob(self, request: Request) -> Response:
        return JSONResponse({"sha": self._world.store("blob", await request.json())}, 201)

    async def make_tree(self, request: Request) -> Response:
        body = await request.json()
        files = dict(self._world.objects.get(body.get("base_tree", ""), {}).get("files", {}))
        files |= {each["path"]: each["sha"] for each in body["tree"]}
        return JSONResponse({"sha": self._world.store("tree", {"files": files})}, 201)

    async def make_commit(self, request: Request) -> Response:
        body = await request.json()
        files = self._world.objects[body["tree"]]["files"]
        sha = self._world.store("commit", {**body, "files": files})
        self._world.parents[sha] = body["parents"]
        return JSONResponse({"sha": sha}, 201)

    async def make_ref(self, request: Request) -> Response:
        body = await request.json()
        name = body["ref"].removeprefix("refs/")
        if name in self._world.refs:
            return JSONResponse({"message": "Reference already exists"}, 422)
        self._world.refs[name] = body["sha"]
        return self._ref(name, status=201)

    async def ref(self, request: Request) -> Response:
        return self._ref(request.path_params["ref"])

    async def move_ref(self, request: Request) -> Response:
        name, body = request.path_params["ref"], await request.json()
        if self._world.refs.get(name) not in self._world.parents.get(body["sha"], []):
            return JSONResponse({"message": "Update is not a fast forward"}, 422)
        self._world.refs[name] = body["sha"]
        return self._ref(name)

    async def delete_ref(self, request: Request) -> Response:
        if self._world.refs.pop(request.path_params["ref"], None) is None:
            return JSONResponse({"message": "Reference does not exist"}, 422)
        return Response(status_code=204)

    def _ref(self, name: str, *, status: int = 200) -> Response:
        if name not in self._world.refs:
            return _not_found()
        sha = self._world.refs[name]
        target = {
            "sha": sha,
            "type": "tag" if "tagger" in self._world.objects.get(sha, {}) else "commit",
        }
        return JSONResponse({"ref": f"refs/{name}", "object": target}, status)

    async def make_status(self, request: Request) -> Response:
        body = await request.json()
        if len(body.get("description", "")) > 140:
            return JSONResponse({"message": "Validation Failed"}, 422)
        rows = self._world.statuses.setdefault(request.path_params["sha"], [])
        rows.insert(0, {"description": None, "target_url": None, **body, "id": len(rows) + 1})
        return JSONResponse(rows[0], 201)

    async def statuses(self, request: Request) -> Response:
        return _page(request, self._world.statuses.get(request.path_params["sha"], []))

    async def pulls(self, request: Request) -> Response:
        heads = self._world.pulls.get(request.path_params["sha"], [])
        rows = [{"number": n, "head": {"sha": sha}} for n, sha in enumerate(heads, start=1)]
        return _page(request, rows)

    async def issues(self, request: Request) -> Response:
        state = request.query_params.get("state", "open")
        label = request.query_params.get("labels")
        rows = [
            each
            for each in reversed(self._world.issues)
            if state in ("all", each["state"])
            and (not label or label in [one["name"] for one in each["labels"]])
        ]
        return _page(request, rows)

    async def make_issue(self, request: Request) -> Response:
        body = await request.json()
        number = len(self._world.issues) + 1
        issue = {
            "number": number,
            "html_url": f"https://github.com/{self._repository}/issues/{number}",
            "state": "open",
            "title": body["title"],
            "body": body.get("body"),
            "labels": [{"name": name} for name in body.get("labels", [])],
        }
        self._world.issues.append(issue)
        return JSONResponse(issue, 201)

    async def patch_issue(self, request: Request) -> Response:
        number = request.path_params["number"]
        if number > len(self._world.issues):
            return _not_found()
        issue = self._world.issues[number - 1]
        issue |= await request.json()
        return JSONResponse(issue)

    async def comment(self, request: Request) -> Response:
        body, number = (await request.json())["body"], request.path_params["number"]
        self._world.comments.append((number, body))
        return JSONResponse({"id": len(self._world.comments), "body": body}, 201)


def _page(request: Request, rows: list[dict[str, Any]]) -> Response:
    """A page, with a link to the next where there is one."""
    size, page = (
        int(request.query_params.get(name, usual))
        for name, usual in (("per_page", 30), ("page", 1))
    )
    answer = JSONResponse(rows[(page - 1) * size : page * size])
    if page * size < len(rows):
        following = request.url.include_query_params(page=page + 1)
        answer.headers["link"] = f'<{following}>; rel="next"'
    return answer


def _not_found() -> Response:
    return JSONResponse({"message": "Not Found"}, 404)


async def _missing(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return _not_found()
