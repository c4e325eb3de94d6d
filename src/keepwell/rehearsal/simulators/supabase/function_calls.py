"""The calls on Edge Functions: listed, read, changed, and deployed from files.

Source: https://api.supabase.com/api/v1 (read 2026-11). Nothing runs them here.
"""

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.supabase.answering import Refusal, object_of
from keepwell.rehearsal.simulators.supabase.world import Function, World

_MADE_MS = 1767600000000


class FunctionCalls:
    """The calls, on one project."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def functions(self, request: Request) -> Response:  # noqa: ARG002
        """GET /projects/{ref}/functions."""
        return JSONResponse([self._shown(each) for each in self._world.functions.values()])

    async def function(self, request: Request) -> Response:
        """GET /projects/{ref}/functions/{slug}."""
        return JSONResponse(self._shown(self._found(request)))

    async def patch(self, request: Request) -> Response:
        """PATCH /projects/{ref}/functions/{slug}: each makes a version."""
        function = self._found(request)
        body = await object_of(request, {"verify_jwt": bool, "name": str, "body": str})
        function.verify_jwt = body.get("verify_jwt", function.verify_jwt)
        function.name = body.get("name", function.name)
        function.version += 1
        return JSONResponse(self._shown(function))

    async def delete(self, request: Request) -> Response:
        """DELETE /projects/{ref}/functions/{slug}."""
        self._world.functions.pop(self._found(request).slug)
        return Response(status_code=200)

    async def deploy(self, request: Request) -> Response:
        """POST /projects/{ref}/functions/deploy?slug=: files, and what they are."""
        slug = request.query_params.get("slug", "")
        metadata, source = _upload(request.headers.get("content-type", ""), await request.body())
        if not slug or "entrypoint_path" not in metadata or not source:
            raise Refusal(400, "slug, metadata.entrypoint_path and a file are needed")
        world = self._world
        if slug not in world.functions and len(world.functions) >= world.most_functions:
            raise Refusal(402, "Max number of functions reached for project")
        function = world.functions.setdefault(slug, Function(slug=slug, version=0))
        function.version += 1
        function.source = source
        function.entrypoint = metadata["entrypoint_path"]
        function.name = metadata.get("name", function.name)
        function.verify_jwt = metadata.get("verify_jwt", True)
        return JSONResponse(self._shown(function), 201)

    def _found(self, request: Request) -> Function:
        slug = request.path_params["slug"]
        if slug not in self._world.functions:
            raise Refusal(404, "Function not found")
        return self._world.functions[slug]

    def _shown(self, each: Function) -> dict[str, Any]:
        return {
            "id": f"{self._world.project[:8]}-0000-4000-8000-{each.version:012d}",
            "slug": each.slug,
            "name": each.name or each.slug,
            "status": "ACTIVE",
            "version": each.version,
            "created_at": _MADE_MS,
            "updated_at": _MADE_MS,
            "verify_jwt": each.verify_jwt,
            "entrypoint_path": each.entrypoint,
        }


def _upload(kind: str, body: bytes) -> tuple[dict[str, Any], bytes]:
    """The metadata and the first file of a multipart body."""
    head = f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    metadata: dict[str, Any] = {}
    source = b""
    for part in message.iter_parts() if message.is_multipart() else ():
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if part.get_param("name", header="content-disposition") == "metadata":
            metadata = _metadata(content)
        else:
            source = source or content
    return metadata, source


def _metadata(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refusal(400, "metadata is no JSON object")
    return found
