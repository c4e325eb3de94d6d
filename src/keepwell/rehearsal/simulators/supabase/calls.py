"""What the Management API answers: one function a call.

Source: https://api.supabase.com/api/v1 (read 2026-11).
"""

import ipaddress
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.supabase.answering import (
    Refusal,
    is_a,
    list_of,
    object_of,
)
from keepwell.rehearsal.simulators.supabase.auth_config import check_auth_config
from keepwell.rehearsal.simulators.supabase.world import WAKING, World

_MADE_AT = "2026-01-05T08:00:00.000Z"
_HEALTHY = ("auth", "db", "db_postgres_user", "pooler", "realtime", "rest", "storage", "pg_bouncer")
_POOLER: dict[str, type | tuple[type, ...]] = {
    "default_pool_size": (int, type(None)),
    "pool_mode": str,
}
_POSTGREST = {"db_schema": str, "db_extra_search_path": str, "max_rows": int, "db_pool": int}
_MOST_CONNECTIONS = 3000
_LONGEST_NAME, _LONGEST_VALUE = 256, 24576


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
        status = _health(self._world)
        is_well = status == "ACTIVE_HEALTHY"
        return JSONResponse([{"name": n, "healthy": is_well, "status": status} for n in names])

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
            asked = (await object_of(request, {"requestedConfig": dict})).get("requestedConfig", {})
            if not is_a(asked.get("database"), bool):
                raise Refusal(400, "requestedConfig.database must be true or false")
            self._world.enforces_ssl = asked["database"]
        config = {"database": self._world.enforces_ssl}
        return JSONResponse({"currentConfig": config, "appliedSuccessfully": True})

    async def restrictions(self, request: Request) -> Response:
        """GET /projects/{ref}/network-restrictions, and POST .../apply, which replaces all."""
        world = self._world
        if request.method == "POST":
            if not world.entitled:
                raise Refusal(403, "Network restrictions are not available on your plan")
            body = await object_of(request, dict.fromkeys(world.cidrs, list))
            _check_cidrs(body)
            world.cidrs = {name: body.get(name, []) for name in world.cidrs}
        entitlement = "allowed" if world.entitled else "disallowed"
        answer = {"entitlement": entitlement, "config": world.cidrs, "status": "applied"}
        return JSONResponse(answer, 201 if request.method == "POST" else 200)

    async def auth(self, request: Request) -> Response:
        """GET and PATCH /projects/{ref}/config/auth."""
        if request.method == "PATCH":
            body = await object_of(request, {})
            if wrong := check_auth_config(body):
                raise Refusal(400, wrong)
            self._world.auth |= body
        return JSONResponse(self._world.auth)

    async def pooler(self, request: Request) -> Response:
        """GET (a list) and PATCH /projects/{ref}/config/database/pooler."""
        world = self._world
        if request.method == "PATCH":
            world.pooler |= _pooler(await object_of(request, _POOLER))
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
            self._world.postgrest |= await object_of(request, _POSTGREST)
        return JSONResponse(self._world.postgrest)

    async def secrets(self, request: Request) -> Response:
        """GET (digests), POST (a list) and DELETE (names) /projects/{ref}/secrets."""
        world = self._world
        if request.method == "GET":
            names = sorted(world.secrets)
            return JSONResponse([{"name": name, "value": world.digest(name)} for name in names])
        if request.method == "DELETE":
            for name in await list_of(request, str):
                world.secrets.pop(name, None)
            return JSONResponse({})
        secrets = await list_of(request, dict)
        _check_secrets(secrets)
        world.secrets |= {each["name"]: each["value"] for each in secrets}
        return Response(status_code=201)


def _health(world: World) -> str:
    if world.status in WAKING:
        return "COMING_UP"
    return "UNHEALTHY" if world.is_asleep or "UNHEALTHY" in world.status else "ACTIVE_HEALTHY"


def _check_cidrs(body: Mapping[str, Sequence[str]]) -> None:
    versions = {"dbAllowedCidrs": ipaddress.IPv4Network, "dbAllowedCidrsV6": ipaddress.IPv6Network}
    for name, network in versions.items():
        for each in body.get(name, []):
            try:
                network(each)
            except ValueError:
                raise Refusal(400, f"{name}: {each!r} is no such range") from None


def _pooler(body: Mapping[str, object]) -> Mapping[str, object]:
    size = body.get("default_pool_size")
    if isinstance(size, int) and not 0 <= size <= _MOST_CONNECTIONS:
        raise Refusal(400, f"default_pool_size is from 0 to {_MOST_CONNECTIONS}")
    if body.get("pool_mode", "session") not in ("session", "transaction"):
        raise Refusal(400, "pool_mode is transaction or session")
    return body


def _check_secrets(secrets: Sequence[Mapping[str, object]]) -> None:
    for each in secrets:
        name, value = each.get("name"), each.get("value")
        if not isinstance(name, str) or not isinstance(value, str):
            raise Refusal(400, "a secret has a name and a value")
        if name.startswith("SUPABASE_"):
            raise Refusal(400, "Secret name must not start with the SUPABASE_ prefix")
        if len(name) > _LONGEST_NAME or len(value) > _LONGEST_VALUE:
            raise Refusal(400, "the name or the value of a secret is too long")
