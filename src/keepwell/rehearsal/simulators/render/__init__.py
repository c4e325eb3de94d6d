"""A stand-in for Render's API: one workspace, with its Blueprint.

Limits are those that recorded answers carried: `Ratelimit-*` headers on every answer, the reset in
seconds. Source: https://github.com/render-oss/terraform-provider-render (recorded tests, read
2026-11).
"""

import re

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.base import Desk, Policy
from keepwell.rehearsal.simulators.render.blueprint import sync
from keepwell.rehearsal.simulators.render.calls import Calls, Handler, Missing, Wrong
from keepwell.rehearsal.simulators.render.validation import validate
from keepwell.rehearsal.simulators.render.world import World

__all__ = ["RenderSimulator"]

_FEW = re.compile(r"PATCH /services/[^/]+|POST /services/[^/]+/(deploys|scale)")


def _is_few(method: str, path: str) -> bool:
    return bool(_FEW.fullmatch(f"{method} {path}"))


_POLICY = Policy(
    quotas=(
        (lambda method, _: method == "GET", 400, 60.0),
        (_is_few, 10, 60.0),
        (lambda method, path: method != "GET" and not _is_few(method, path), 100, 60.0),
    ),
    headers=lambda limit, left, reset_s: {
        "ratelimit-limit": str(limit),
        "ratelimit-remaining": str(max(0, left)),
        "ratelimit-reset": str(max(1, round(reset_s))),
    },
    request_id="render-request-id",
)


class RenderSimulator:
    """`app` is served; `world` is the workspace; `desk` stands before it."""

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = "rnd_simulated",  # noqa: S107 - opens nothing
        latency_s: float = 0.0,
        limits: bool = False,
    ) -> None:
        self.world = World(clock=clock)
        self.desk = Desk(
            token=token, clock=clock, latency_s=latency_s, limits=limits, policy=_POLICY
        )
        self.app = self.desk.mount(_application(self.world))

    def sync(self, text: str, *, commit: str = "0" * 40) -> None:
        """Does what a push of this render.yaml to the linked branch does."""
        sync(self.world, text, commit=commit)


def _application(world: World) -> Starlette:
    calls = Calls(world)
    one, group = "/services/{service}", "/env-groups/{group}"
    table = [
        ("GET", "/owners", calls.owners),
        ("GET", "/services", calls.services),
        ("GET", one, calls.service),
        ("PATCH", one, calls.patch_service),
        ("GET", f"{one}/env-vars", calls.variables),
        ("PUT", f"{one}/env-vars", calls.put_variables),
        ("PUT", f"{one}/env-vars/{{key}}", calls.put_variable),
        ("DELETE", f"{one}/env-vars/{{key}}", calls.delete_variable),
        ("GET", f"{one}/custom-domains", calls.domains),
        ("POST", f"{one}/custom-domains", calls.post_domain),
        ("POST", f"{one}/custom-domains/{{domain}}/verify", calls.verify_domain),
        ("DELETE", f"{one}/custom-domains/{{domain}}", calls.delete_domain),
        ("PUT", f"{one}/autoscaling", calls.put_autoscaling),
        ("DELETE", f"{one}/autoscaling", calls.delete_autoscaling),
        ("POST", f"{one}/scale", calls.scale),
        ("GET", f"{one}/deploys", calls.deploys),
        ("POST", f"{one}/deploys", calls.post_deploy),
        ("GET", f"{one}/deploys/{{deploy}}", calls.deploy),
        ("POST", f"{one}/deploys/{{deploy}}/cancel", calls.cancel_deploy),
        ("POST", f"{one}/rollback", calls.rollback),
        ("GET", f"{one}/outbound-ips", calls.outbound_ips),
        ("GET", f"{one}/instances", calls.instances),
        ("GET", "/env-groups", calls.groups),
        ("POST", "/env-groups", calls.post_group),
        ("GET", group, calls.group),
        ("PUT", f"{group}/env-vars/{{key}}", calls.put_group_variable),
        ("POST", f"{group}/services/{{service}}", calls.link_group),
        ("DELETE", f"{group}/services/{{service}}", calls.link_group),
        ("GET", "/key-value", calls.stores),
        ("PATCH", "/key-value/{store}", calls.patch_store),
        ("GET", "/blueprints", calls.blueprints),
        ("POST", "/blueprints/validate", validate),
        ("GET", "/blueprints/{blueprint}/syncs", calls.syncs),
    ]
    routes = [Route(path, _settled(world, call), methods=[method]) for method, path, call in table]
    return Starlette(
        routes=routes, exception_handlers={Missing: _missing, Wrong: _wrong, 404: _missing}
    )


def _settled(world: World, call: Handler) -> Handler:
    async def answer(request: Request) -> Response:
        world.settle()
        response: Response = await call(request)
        return response

    return answer


async def _missing(request: Request, error: Exception) -> Response:
    what = str(error) if isinstance(error, Missing) else request.url.path
    return JSONResponse({"message": f"not found: {what}"}, status_code=404)


async def _wrong(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return JSONResponse({"message": str(error)}, status_code=400)
