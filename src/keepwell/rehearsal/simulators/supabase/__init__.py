"""A stand-in for Supabase's Management API: one project.

Source: https://supabase.com/docs/reference/api/introduction (read 2026-11): 120 requests a minute,
`X-RateLimit-*` on every answer, the reset in seconds.
"""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.base import Desk, Policy
from keepwell.rehearsal.simulators.supabase.answering import Handler, Refusal
from keepwell.rehearsal.simulators.supabase.calls import Calls
from keepwell.rehearsal.simulators.supabase.function_calls import FunctionCalls
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


Table = tuple[tuple[str, str, Handler, str], ...]


def _application(world: World) -> Starlette:
    routes = [
        Route(
            f"/v1/projects/{{ref}}{path}",
            _guarded(world, call, permissions=permissions.split()),
            methods=[method],
        )
        for method, path, call, permissions in (*_of_project(world), *_of_functions(world))
    ]
    application = Starlette(
        routes=routes, exception_handlers={Refusal: _refused, 404: _missing, 405: _missing}
    )
    application.router.redirect_slashes = False
    return application


def _of_project(world: World) -> Table:
    calls = Calls(world)
    restrictions, pooler = "/network-restrictions", "/config/database/pooler"
    return (
        ("GET", "", calls.project, "project_admin_read"),
        ("GET", "/health", calls.health, "project_admin_read"),
        ("POST", "/restore", calls.restore, "project_admin_write"),
        ("POST", "/pause", calls.pause, "project_admin_write"),
        ("GET", "/ssl-enforcement", calls.ssl, "database_ssl_config_read"),
        ("PUT", "/ssl-enforcement", calls.ssl, "database_ssl_config_write"),
        ("GET", restrictions, calls.restrictions, "database_network_restrictions_read"),
        (
            "POST",
            f"{restrictions}/apply",
            calls.restrictions,
            "database_network_restrictions_write",
        ),
        ("GET", "/config/auth", calls.auth, "auth_config_read"),
        ("PATCH", "/config/auth", calls.auth, "auth_config_write project_admin_write"),
        ("GET", pooler, calls.pooler, "database_pooling_config_read"),
        ("PATCH", pooler, calls.pooler, "database_pooling_config_write"),
        ("GET", "/postgrest", calls.postgrest, "data_api_config_read"),
        ("PATCH", "/postgrest", calls.postgrest, "data_api_config_write"),
    )


def _of_functions(world: World) -> Table:
    calls, functions = Calls(world), FunctionCalls(world)
    return (
        ("GET", "/functions", functions.functions, "edge_functions_read"),
        ("POST", "/functions/deploy", functions.deploy, "edge_functions_write"),
        ("GET", "/functions/{slug}", functions.function, "edge_functions_read"),
        ("PATCH", "/functions/{slug}", functions.patch, "edge_functions_write"),
        ("DELETE", "/functions/{slug}", functions.delete, "edge_functions_write"),
        ("GET", "/secrets", calls.secrets, "edge_functions_secrets_read"),
        ("POST", "/secrets", calls.secrets, "edge_functions_secrets_write"),
        ("DELETE", "/secrets", calls.secrets, "edge_functions_secrets_write"),
    )


def _guarded(world: World, call: Handler, *, permissions: Sequence[str]) -> Handler:
    async def answer(request: Request) -> Response:
        world.settle()
        if request.path_params["ref"] != world.project:
            raise Refusal(404, "Project not found")
        if missing := [each for each in permissions if each in world.missing]:
            raise Refusal(403, "Forbidden", missing_permissions=missing)
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
