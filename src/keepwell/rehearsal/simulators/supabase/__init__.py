"""A stand-in for Supabase's Management API: one project.

Source: https://supabase.com/docs/reference/api/introduction (read 2026-11): 120 requests a minute,
`X-RateLimit-*` on every answer, the reset in seconds.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.base import Desk, Policy
from keepwell.rehearsal.simulators.supabase.calls import Calls, Handler, Refusal
from keepwell.rehearsal.simulators.supabase.world import World

__all__ = ["SupabaseSimulator"]

_POLICY = Policy(
    quotas=((lambda method, path: True, 120, 60.0),),  # noqa: ARG005
    headers=lambda limit, left, reset_s: {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(max(0, left)),
        "x-ratelimit-reset": str(max(1, round(reset_s))),
    },
    request_id="sb-request-id",
)
_AWAKE_ONLY = ("/config/", "/postgrest", "/functions", "/secrets", "/ssl", "/network")


class SupabaseSimulator:
    """`app` is served; `world` is the project; `desk` stands before it."""

    def __init__(  # noqa: PLR0913 - what a project is, and what the desk is
        self,
        *,
        clock: Clock,
        token: str = "sbp_simulated",  # noqa: S107 - opens nothing
        project: str = "livestreamsellprodaa",
        region: str = "us-east-1",
        latency_s: float = 0.0,
        limits: bool = False,
    ) -> None:
        self.world = World(clock=clock, project=project, region=region)
        self.desk = Desk(
            token=token, clock=clock, latency_s=latency_s, limits=limits, policy=_POLICY
        )
        self.app = self.desk.mount(_application(self.world))


def _application(world: World) -> Starlette:
    calls = Calls(world)
    table: list[tuple[str, str, Handler, str]] = [
        ("GET", "", calls.project, "project_admin_read"),
        ("GET", "/health", calls.health, "project_admin_read"),
        ("POST", "/restore", calls.restore, "project_admin_write"),
        ("POST", "/pause", calls.pause, "project_admin_write"),
        ("GET", "/ssl-enforcement", calls.ssl, "database_ssl_config_read"),
        ("PUT", "/ssl-enforcement", calls.ssl, "database_ssl_config_write"),
        ("GET", "/network-restrictions", calls.restrictions, "database_network_restrictions_read"),
        (
            "POST",
            "/network-restrictions/apply",
            calls.restrictions,
            "database_network_restrictions_write",
        ),
        ("GET", "/config/auth", calls.auth, "auth_config_read"),
        ("PATCH", "/config/auth", calls.auth, "auth_config_write"),
        ("GET", "/config/database/pooler", calls.pooler, "database_pooling_config_read"),
        ("PATCH", "/config/database/pooler", calls.pooler, "database_pooling_config_write"),
        ("GET", "/postgrest", calls.postgrest, "data_api_config_read"),
        ("PATCH", "/postgrest", calls.postgrest, "data_api_config_write"),
        ("GET", "/functions", calls.functions, "edge_functions_read"),
        ("POST", "/functions/deploy", calls.deploy_function, "edge_functions_write"),
        ("PATCH", "/functions/{slug}", calls.patch_function, "edge_functions_write"),
        ("GET", "/secrets", calls.secrets, "edge_functions_secrets_read"),
        ("POST", "/secrets", calls.secrets, "edge_functions_secrets_write"),
        ("DELETE", "/secrets", calls.secrets, "edge_functions_secrets_write"),
    ]
    routes = [
        Route(
            f"/v1/projects/{{ref}}{path}",
            _guarded(world, call, permission=permission),
            methods=[method],
        )
        for method, path, call, permission in table
    ]
    return Starlette(routes=routes, exception_handlers={Refusal: _refused, 404: _missing})


def _guarded(world: World, call: Handler, *, permission: str) -> Handler:
    async def answer(request: Request) -> Response:
        world.settle()
        if request.path_params["ref"] != world.project:
            raise Refusal(404, "Project not found")
        if permission in world.missing:
            raise Refusal(403, "Forbidden", missing_permissions=[permission])
        if world.is_asleep and any(part in request.url.path for part in _AWAKE_ONLY):
            raise Refusal(400, f"Project is {world.status}, and must be active for this")
        response: Response = await call(request)
        return response

    return answer


async def _refused(request: Request, error: Exception) -> Response:  # noqa: ARG001
    if not isinstance(error, Refusal):
        raise error
    return JSONResponse(error.body, status_code=error.status)


async def _missing(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return JSONResponse({"message": f"Cannot {request.method} {request.url.path}"}, 404)
