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
from keepwell.rehearsal.simulators.render.answering import Handler, Missing, Wrong
from keepwell.rehearsal.simulators.render.blueprint import Workspace
from keepwell.rehearsal.simulators.render.blueprint_calls import BlueprintCalls
from keepwell.rehearsal.simulators.render.calls import ServiceCalls
from keepwell.rehearsal.simulators.render.deploy_calls import DeployCalls
from keepwell.rehearsal.simulators.render.domain_calls import DomainCalls
from keepwell.rehearsal.simulators.render.group_calls import GroupCalls, StoreCalls
from keepwell.rehearsal.simulators.render.validation import validate
from keepwell.rehearsal.simulators.render.world import World

__all__ = ["RenderSimulator"]

_FEW = re.compile(r"PATCH /services/[^/]+|POST /services/[^/]+/(deploys|scale)")
_DOMAIN = re.compile(r"POST /services/[^/]+/custom-domains")


def _is_few(method: str, path: str) -> bool:
    return bool(_FEW.fullmatch(f"{method} {path}"))


def _is_domain(method: str, path: str) -> bool:
    return bool(_DOMAIN.fullmatch(f"{method} {path}"))


def _is_other(method: str, path: str) -> bool:
    return method != "GET" and not _is_few(method, path) and not _is_domain(method, path)


_POLICY = Policy(
    quotas=(
        (lambda method, _: method == "GET", 400, 60.0),
        (_is_few, 10, 60.0),
        (_is_domain, 50, 3600.0),
        (_is_other, 100, 60.0),
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
        self.world = Workspace(clock=clock)
        self.desk = Desk(
            token=token, clock=clock, latency_s=latency_s, limits=limits, policy=_POLICY
        )
        self.app = self.desk.mount(_application(self.world))

    def sync(self, text: str, *, commit: str = "0" * 40) -> None:
        """Does what a push of this render.yaml to the linked branch does."""
        self.world.sync(text, commit=commit)


def _application(world: Workspace) -> Starlette:
    table = (*_of_services(world), *_of_deploys(world), *_of_groups(world), *_of_others(world))
    routes = [Route(path, _settled(world, call), methods=[method]) for method, path, call in table]
    return Starlette(
        routes=routes, exception_handlers={Missing: _missing, Wrong: _wrong, 404: _missing}
    )


Table = tuple[tuple[str, str, Handler], ...]
_ONE, _GROUP, _BLUEPRINT = "/services/{service}", "/env-groups/{group}", "/blueprints/{blueprint}"


def _of_services(world: World) -> Table:
    calls, variable = ServiceCalls(world), f"{_ONE}/env-vars/{{key}}"
    return (
        ("GET", "/owners", calls.owners),
        ("GET", "/services", calls.services),
        ("GET", _ONE, calls.service),
        ("PATCH", _ONE, calls.patch_service),
        ("POST", f"{_ONE}/suspend", calls.suspend),
        ("POST", f"{_ONE}/resume", calls.resume),
        ("GET", f"{_ONE}/env-vars", calls.variables),
        ("PUT", f"{_ONE}/env-vars", calls.put_variables),
        ("PUT", variable, calls.put_variable),
        ("DELETE", variable, calls.delete_variable),
        ("PUT", f"{_ONE}/autoscaling", calls.put_autoscaling),
        ("DELETE", f"{_ONE}/autoscaling", calls.delete_autoscaling),
        ("POST", f"{_ONE}/scale", calls.scale),
        ("GET", f"{_ONE}/instances", calls.instances),
        ("GET", f"{_ONE}/outbound-ips", calls.outbound_ips),
    )


def _of_deploys(world: World) -> Table:
    calls, one = DeployCalls(world), f"{_ONE}/deploys/{{deploy}}"
    return (
        ("GET", f"{_ONE}/deploys", calls.deploys),
        ("POST", f"{_ONE}/deploys", calls.post_deploy),
        ("GET", one, calls.deploy),
        ("POST", f"{one}/cancel", calls.cancel_deploy),
        ("POST", f"{_ONE}/rollback", calls.rollback),
        ("GET", f"{_ONE}/events", calls.events),
        ("GET", "/metrics/cpu", calls.cpu),
    )


def _of_groups(world: World) -> Table:
    calls = GroupCalls(world)
    variable, link = f"{_GROUP}/env-vars/{{key}}", f"{_GROUP}/services/{{service}}"
    return (
        ("GET", "/env-groups", calls.groups),
        ("POST", "/env-groups", calls.post_group),
        ("GET", _GROUP, calls.group),
        ("PUT", variable, calls.put_variable),
        ("POST", link, calls.link),
        ("DELETE", link, calls.unlink),
    )


def _of_others(world: World) -> Table:
    domains, stores, blueprints = DomainCalls(world), StoreCalls(world), BlueprintCalls(world)
    domain = f"{_ONE}/custom-domains/{{domain}}"
    return (
        ("GET", f"{_ONE}/custom-domains", domains.domains),
        ("POST", f"{_ONE}/custom-domains", domains.post_domain),
        ("GET", domain, domains.domain),
        ("DELETE", domain, domains.delete_domain),
        ("POST", f"{domain}/verify", domains.verify_domain),
        ("GET", "/key-value", stores.stores),
        ("GET", "/key-value/{store}", stores.store),
        ("PATCH", "/key-value/{store}", stores.patch_store),
        ("GET", "/blueprints", blueprints.blueprints),
        ("POST", "/blueprints/validate", validate),
        ("GET", _BLUEPRINT, blueprints.blueprint),
        ("GET", f"{_BLUEPRINT}/syncs", blueprints.syncs),
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
