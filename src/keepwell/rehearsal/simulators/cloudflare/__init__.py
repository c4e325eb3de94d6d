"""A stand-in for Cloudflare's API: one zone, with its rulesets, settings, bots and DNS records.

Source: https://developers.cloudflare.com/fundamentals/api/reference/limits (read 2026-11): 1200
requests in five minutes, `Ratelimit` and `Ratelimit-Policy` on every answer.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.base import Desk, Policy
from keepwell.rehearsal.simulators.cloudflare.answering import Handler, Refusal, refused, worded
from keepwell.rehearsal.simulators.cloudflare.record_calls import RecordCalls
from keepwell.rehearsal.simulators.cloudflare.ruleset_calls import RulesetCalls
from keepwell.rehearsal.simulators.cloudflare.world import World
from keepwell.rehearsal.simulators.cloudflare.zone_calls import ZoneCalls

__all__ = ["CloudflareSimulator"]

_REQUESTS, _WINDOW_S = 1200, 300.0


def _counted(limit: int, left: int, reset_s: float) -> Mapping[str, str]:
    return {
        "ratelimit": f'"default";r={max(0, left)};t={max(1, round(reset_s))}',
        "ratelimit-policy": f'"default";q={limit};w={_WINDOW_S:.0f}',
    }


_POLICY = Policy(
    refuse=worded,
    quotas=((lambda *_: True, _REQUESTS, _WINDOW_S),),
    headers=_counted,
    request_id="cf-ray",
)


class CloudflareSimulator:
    """`app` is served; `world` is the zone; `desk` stands before it."""

    def __init__(  # noqa: PLR0913 - what a zone is, and what the desk is
        self,
        *,
        clock: Clock,
        token: str = "cf_simulated",  # noqa: S107 - opens nothing
        zone: str = "livestreamsell.example",
        plan: str = "free",
        latency_s: float = 0.0,
        limits: bool = False,
    ) -> None:
        self.world = World(clock=clock, zone=zone, plan=plan)
        self.desk = Desk(
            token=token, clock=clock, latency_s=latency_s, limits=limits, policy=_POLICY
        )
        self.app = self.desk.mount(_application(self.world))


Table = tuple[tuple[str, str, Handler], ...]
_ZONE = "/zones/{zone}"


def _application(world: World) -> Starlette:
    table = (*_of_zone(world), *_of_rulesets(world), *_of_records(world))
    routes = [Route(path, _guarded(world, call), methods=[method]) for method, path, call in table]
    app = Starlette(routes=routes, exception_handlers=_REFUSALS)
    app.router.redirect_slashes = False
    return app


def _of_zone(world: World) -> Table:
    calls, setting = ZoneCalls(world), f"{_ZONE}/settings/{{setting}}"
    return (
        ("GET", "/user/tokens/verify", calls.verify),
        ("GET", "/accounts/{account}/rules/lists", calls.lists),
        ("GET", "/zones", calls.zones),
        ("GET", _ZONE, calls.zone),
        ("GET", f"{_ZONE}/settings", calls.settings),
        ("GET", setting, calls.setting),
        ("PATCH", setting, calls.patch_setting),
        ("GET", f"{_ZONE}/bot_management", calls.bots),
        ("PUT", f"{_ZONE}/bot_management", calls.put_bots),
    )


def _of_rulesets(world: World) -> Table:
    calls, all_of_them = RulesetCalls(world), f"{_ZONE}/rulesets"
    entry, one = f"{all_of_them}/phases/{{phase}}/entrypoint", f"{all_of_them}/{{ruleset}}"
    return (
        ("GET", all_of_them, calls.rulesets),
        ("POST", all_of_them, calls.post),
        ("GET", entry, calls.entry_point),
        ("PUT", entry, calls.put_entry_point),
        ("GET", f"{entry}/versions", calls.entry_point_versions),
        ("GET", f"{entry}/versions/{{version}}", calls.entry_point_version),
        ("GET", one, calls.ruleset),
        ("PUT", one, calls.put_ruleset),
        ("DELETE", one, calls.delete_ruleset),
    )


def _of_records(world: World) -> Table:
    calls, all_of_them = RecordCalls(world), f"{_ZONE}/dns_records"
    one = f"{all_of_them}/{{record}}"
    return (
        ("GET", all_of_them, calls.records),
        ("POST", all_of_them, calls.post),
        ("POST", f"{all_of_them}/batch", calls.batch),
        ("GET", one, calls.record),
        ("PUT", one, calls.put),
        ("PATCH", one, calls.patch),
        ("DELETE", one, calls.delete),
    )


def _guarded(world: World, call: Handler) -> Handler:
    """A call that the token may make, on the zone that there is."""

    async def answer(request: Request) -> Response:
        _check_token(world, request)
        zone = request.path_params.get("zone", world.id)
        if not re.fullmatch("[0-9a-f]{32}", zone):
            raise _lost(request)
        if zone != world.id:
            raise Refusal("Unauthorized to access requested resource", status=403, code=9109)
        response: Response = await call(request)
        return response

    return answer


def _check_token(world: World, request: Request) -> None:
    is_denied = world.denied & set(request.url.path.split("/"))
    if is_denied or (world.is_read_only and request.method != "GET"):
        raise Refusal("Authentication error", status=403, code=10000)


def _lost(request: Request) -> Refusal:
    message = f"Could not route to {request.url.path}, perhaps your object identifier is invalid?"
    return Refusal(message, status=404, code=7003)


async def _no_route(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return await refused(request, _lost(request))


async def _no_method(request: Request, error: Exception) -> Response:  # noqa: ARG001
    message = "Method not allowed for this authentication scheme"
    return await refused(request, Refusal(message, status=405, code=10405))


_REFUSALS: Mapping[Any, Callable[..., Any]] = {
    Refusal: refused,
    404: _no_route,
    405: _no_method,
}
