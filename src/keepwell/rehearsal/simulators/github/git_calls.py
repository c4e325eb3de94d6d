"""The calls on git's objects and refs.

Source: https://docs.github.com/en/rest/git (read 2026-11).
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.github.answering import Refusal, body_of, page
from keepwell.rehearsal.simulators.github.world import FIRST, GitHubWorld

_BOT = {
    "name": "github-actions[bot]",
    "email": "41898282+github-actions[bot]@users.noreply.github.com",
}


class GitCalls:
    """The calls, on one repository."""

    def __init__(self, world: GitHubWorld) -> None:
        self._world = world

    async def make_tag(self, request: Request) -> Response:
        """POST /git/tags: an object alone; a ref must be made for it."""
        types = {"tag": str, "message": str, "object": str, "type": str, "tagger": dict}
        body = await body_of(request, types, needed="tag message object type")
        tagger = {**_BOT, "date": self._world.moment(), **body.get("tagger", {})}
        target = {"sha": body["object"], "type": body["type"]}
        content = {"tag": body["tag"], "message": body["message"], "tagger": tagger}
        return self._made("tag", {**content, "object": target})

    async def tag(self, request: Request) -> Response:
        """GET /git/tags/{sha}."""
        return JSONResponse(self._object(request.path_params["sha"], kind="tag", status=404))

    async def make_blob(self, request: Request) -> Response:
        """POST /git/blobs."""
        body = await body_of(request, {"content": str, "encoding": str}, needed="content")
        content = {"content": body["content"], "encoding": body.get("encoding", "utf-8")}
        return self._made("blob", content)

    async def make_tree(self, request: Request) -> Response:
        """POST /git/trees: files on top of those of `base_tree`, a tree or a commit."""
        body = await body_of(request, {"base_tree": str, "tree": list}, needed="tree")
        files = self._files(body["base_tree"]) if "base_tree" in body else {}
        for each in body["tree"]:
            if self._object(each["sha"], kind="blob", status=422):
                files[each["path"]] = each["sha"]
        return self._made("tree", {"files": files})

    async def make_commit(self, request: Request) -> Response:
        """POST /git/commits."""
        types = {"message": str, "tree": str, "parents": list}
        body = await body_of(request, types, needed="message tree")
        files = self._object(body["tree"], kind="tree", status=422)["files"]
        sha = self._world.store("commit", {"parents": [], **body, "files": files})
        self._world.parents[sha] = body.get("parents", [])
        return JSONResponse({"sha": sha}, 201)

    async def make_ref(self, request: Request) -> Response:
        """POST /git/refs: of many that make one at once, one does."""
        body = await body_of(request, {"ref": str, "sha": str}, needed="ref sha")
        if not re.fullmatch(r"refs/[^/]+/.+", body["ref"]):
            raise Refusal(422, "Reference name must start with refs and have two slashes")
        name = body["ref"].removeprefix("refs/")
        if name in self._world.refs:
            raise Refusal(422, "Reference already exists")
        self._point(name, body["sha"])
        return JSONResponse(self._ref(name), 201)

    async def ref(self, request: Request) -> Response:
        """GET /git/ref/{ref}: exactly this one."""
        name = request.path_params["ref"]
        if name not in self._world.refs:
            raise Refusal(404, "Not Found")
        return JSONResponse(self._ref(name))

    async def matching_refs(self, request: Request) -> Response:
        """GET /git/matching-refs/{ref}: all that begin so; none is no error."""
        begin = request.path_params["ref"]
        names = sorted(each for each in self._world.refs if each.startswith(begin))
        answer: Response = page(request, [self._ref(name) for name in names])
        return answer

    async def move_ref(self, request: Request) -> Response:
        """PATCH /git/refs/{ref}: forward only, unless forced."""
        body = await body_of(request, {"sha": str, "force": bool}, needed="sha")
        name = request.path_params["ref"]
        if name not in self._world.refs:
            raise Refusal(422, "Reference does not exist")
        is_forward = self._is_behind(self._world.refs[name], body["sha"])
        if not is_forward and not body.get("force"):
            raise Refusal(422, "Update is not a fast forward")
        self._point(name, body["sha"])
        return JSONResponse(self._ref(name))

    async def delete_ref(self, request: Request) -> Response:
        """DELETE /git/refs/{ref}."""
        if self._world.refs.pop(request.path_params["ref"], None) is None:
            raise Refusal(422, "Reference does not exist")
        return Response(status_code=204)

    def _made(self, kind: str, content: dict[str, Any]) -> Response:
        sha = self._world.store(kind, content)
        return JSONResponse(self._world.objects[sha] if kind == "tag" else {"sha": sha}, 201)

    def _object(self, sha: str, *, kind: str, status: int) -> dict[str, Any]:
        if self._world.kinds.get(sha) != kind:
            raise Refusal(status, "Not Found" if status == 404 else f"{kind} does not exist")
        return self._world.objects[sha]

    def _files(self, base: str) -> dict[str, str]:
        found: dict[str, str] = self._world.objects.get(base, {}).get("files", {})
        if base != FIRST and base not in self._world.objects:
            raise Refusal(422, "base_tree does not exist")
        return dict(found)

    def _is_behind(self, old: str, new: str) -> bool:
        waiting, seen = [new], set[str]()
        while waiting:
            sha = waiting.pop()
            if sha == old:
                return True
            if sha not in seen:
                seen.add(sha)
                waiting += self._world.parents.get(sha, [])
        return False

    def _point(self, name: str, sha: str) -> None:
        if sha not in self._world.objects and sha not in self._world.refs.values():
            raise Refusal(422, "Object does not exist")
        self._world.refs[name] = sha

    def _ref(self, name: str) -> dict[str, Any]:
        sha = self._world.refs[name]
        target = {"sha": sha, "type": self._world.kinds.get(sha, "commit")}
        return {"ref": f"refs/{name}", "object": target}
