"""What the Management API answers: one function a call.

Source: https://api.supabase.com/api/v1 (read 2026-11).
"""

import json
import re
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.supabase.world import Function, World

_MADE_AT = "2026-01-05T08:00:00.000Z"
_MADE_MS = 1767600000000
_HEALTHY = ("auth", "db", "db_postgres_user", "pooler", "realtime", "rest", "storage", "pg_bouncer")


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """An answer that says no: a status and a message."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **more}


class Calls:
    """The calls, on one project."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def project(self, request: Request) -> Response:  # noqa: ARG002
        """GET /projects/{ref}: answered also while the project sleeps."""
        world = self._world
        return JSONResponse(
            {
                "id": world.project,
                "ref": world.project,
                "organization_id": "livestreamsell",
                "organization_slug": "livestreamsell",
                "name": "LiveStreamSell",
                "region": world.region,
                "created_at": _MADE_AT,
                "status": world.status,
                "database": {
                    "host": f"db.{world.project}.supabase.co",
                    "version": "17.6.1.005",
                    "postgres_engine": "17",
                    "release_channel": "ga",
                },
            }
        )

    async def health(self, request: Request) -> Response:
        """GET /projects/{ref}/health: the services that are named, and some must be."""
        names = request.query_params.getlist("services")
        if not names or any(name not in _HEALTHY for name in names):
            raise Refusal(400, "services: name at least one that is known")
        rows = [{"name": name, "healthy": True, "status": "ACTIVE_HEALTHY"} for name in names]
        return JSONResponse(rows)

    async def restore(self, request: Request) -> Response:  # noqa: ARG002
        """POST /projects/{ref}/restore: begins, and answers before it is done."""
        if self._world.status != "INACTIVE":
            raise Refusal(400, "Project is not paused")
        self._world.restore()
        return Response(status_code=200)

    async def pause(self, request: Request) -> Response:  # noqa: ARG002
        """POST /projects/{ref}/pause."""
        self._world.pause()
        return Response(status_code=200)

    async def ssl(self, request: Request) -> Response:
        """GET and PUT /projects/{ref}/ssl-enforcement."""
        if request.method == "PUT":
            self._world.enforces_ssl = (await request.json())["requestedConfig"]["database"]
        config = {"database": self._world.enforces_ssl}
        return JSONResponse({"currentConfig": config, "appliedSuccessfully": True})

    async def restrictions(self, request: Request) -> Response:
        """GET /projects/{ref}/network-restrictions, and POST .../apply, which replaces all."""
        world = self._world
        if request.method == "POST":
            if not world.entitled:
                raise Refusal(403, "Network restrictions are not available on your plan")
            body = await request.json()
            world.cidrs = {name: body.get(name, []) for name in world.cidrs}
        entitlement = "allowed" if world.entitled else "disallowed"
        answer = {"entitlement": entitlement, "config": world.cidrs, "status": "applied"}
        return JSONResponse(answer, 201 if request.method == "POST" else 200)

    async def auth(self, request: Request) -> Response:
        """GET and PATCH /projects/{ref}/config/auth."""
        if request.method == "PATCH":
            body = await request.json()
            if unknown := body.keys() - self._world.auth.keys():
                raise Refusal(400, f"unknown: {', '.join(sorted(unknown))}")
            self._world.auth |= body
        return JSONResponse(self._world.auth)

    async def pooler(self, request: Request) -> Response:
        """GET (a list) and PATCH /projects/{ref}/config/database/pooler."""
        world = self._world
        if request.method == "PATCH":
            world.pooler |= await request.json()
            return JSONResponse(world.pooler)
        host = f"aws-1-{world.region}.pooler.supabase.com"
        user = f"postgres.{world.project}"
        url = f"postgresql://{user}:[YOUR-PASSWORD]@{host}:6543/postgres"
        return JSONResponse(
            [
                {
                    "identifier": world.project,
                    "database_type": "PRIMARY",
                    "is_using_scram_auth": True,
                    "db_user": user,
                    "db_host": host,
                    "db_port": 6543,
                    "db_name": "postgres",
                    "connection_string": url,
                    "connectionString": url,
                    "max_client_conn": 400,
                    **world.pooler,
                }
            ]
        )

    async def postgrest(self, request: Request) -> Response:
        """GET and PATCH /projects/{ref}/postgrest."""
        if request.method == "PATCH":
            self._world.postgrest |= await request.json()
        return JSONResponse(self._world.postgrest)

    async def functions(self, request: Request) -> Response:  # noqa: ARG002
        """GET /projects/{ref}/functions."""
        rows = [_function(self._world.project, each) for each in self._world.functions.values()]
        return JSONResponse(rows)

    async def patch_function(self, request: Request) -> Response:
        """PATCH /projects/{ref}/functions/{slug}."""
        slug = request.path_params["slug"]
        if slug not in self._world.functions:
            raise Refusal(404, "Function not found")
        function, body = self._world.functions[slug], await request.json()
        function.verify_jwt = body.get("verify_jwt", function.verify_jwt)
        function.version += 1
        return JSONResponse(_function(self._world.project, function))

    async def deploy_function(self, request: Request) -> Response:
        """POST /projects/{ref}/functions/deploy?slug=: files, and what they are."""
        slug = request.query_params.get("slug", "")
        metadata, source = _upload(request.headers["content-type"], await request.body())
        if not slug or "entrypoint_path" not in metadata or not source:
            raise Refusal(400, "slug, metadata.entrypoint_path and a file are needed")
        function = self._world.functions.setdefault(slug, Function(slug=slug, version=0))
        function.version += 1
        function.source = source
        function.entrypoint = metadata["entrypoint_path"]
        function.verify_jwt = metadata.get("verify_jwt", True)
        return JSONResponse(_function(self._world.project, function), 201)

    async def secrets(self, request: Request) -> Response:
        """GET (digests), POST (a list) and DELETE (names) /projects/{ref}/secrets."""
        world = self._world
        if request.method == "GET":
            names = sorted(world.secrets)
            return JSONResponse([{"name": name, "value": world.digest(name)} for name in names])
        body = await request.json()
        if request.method == "DELETE":
            for name in body:
                world.secrets.pop(name, None)
            return JSONResponse({})
        if any(re.match("SUPABASE_", each["name"]) for each in body):
            raise Refusal(400, "Secret name must not start with the SUPABASE_ prefix")
        world.secrets |= {each["name"]: each["value"] for each in body}
        return Response(status_code=201)


def _function(project: str, each: Function) -> dict[str, Any]:
    return {
        "id": f"{project[:8]}-0000-4000-8000-{each.version:012d}",
        "slug": each.slug,
        "name": each.slug,
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
            metadata = json.loads(content)
        else:
            source = source or content
    return metadata, source


Handler = Callable[[Request], Any]
