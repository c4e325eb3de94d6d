"""What Cloudflare's API answers about the zone, its settings and its bots.

Source: https://developers.cloudflare.com/api/resources/zones (read 2026-11).
"""

from starlette.requests import Request
from starlette.responses import Response

from keepwell.rehearsal.simulators.cloudflare.answering import (
    Refusal,
    Row,
    answered,
    body_of,
    make_id,
    page,
)
from keepwell.rehearsal.simulators.cloudflare.bots import check_bots
from keepwell.rehearsal.simulators.cloudflare.settings import (
    SETTINGS,
    check_setting,
    is_editable,
    read,
)
from keepwell.rehearsal.simulators.cloudflare.world import World


class ZoneCalls:
    """The zone itself, what it is set to, and what it does about bots."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def verify(self, request: Request) -> Response:  # noqa: ARG002
        """GET /user/tokens/verify."""
        return answered({"id": make_id("token"), "status": "active"})

    async def zones(self, request: Request) -> Response:
        """GET /zones, by name, status and account."""
        zone, asked = self._world.zone, request.query_params
        held = {name: zone[name] for name in ("name", "status")}
        held["account.id"] = zone["account"]["id"]
        is_meant = all(asked.get(name, value) == value for name, value in held.items())
        return page(request, [zone] if is_meant else [], default=20, most=50)

    async def zone(self, request: Request) -> Response:  # noqa: ARG002
        """GET /zones/{zone}."""
        return answered(self._world.zone)

    async def settings(self, request: Request) -> Response:  # noqa: ARG002
        """GET /zones/{zone}/settings: all of them."""
        return answered([self._setting(name) for name in SETTINGS])

    async def setting(self, request: Request) -> Response:
        """GET /zones/{zone}/settings/{setting}."""
        return answered(self._setting(_named(request)))

    async def patch_setting(self, request: Request) -> Response:
        """PATCH of the same: `{value}`."""
        name, body = _named(request), await body_of(request)
        if "value" not in body:
            raise Refusal("value is needed", code=1007, pointer="/value")
        check_setting(name, body["value"], plan=self._world.plan)
        self._world.set(name, body["value"])
        return answered(self._setting(name))

    async def bots(self, request: Request) -> Response:  # noqa: ARG002
        """GET /zones/{zone}/bot_management."""
        return answered({**self._world.bots, "using_latest_model": True})

    async def put_bots(self, request: Request) -> Response:
        """PUT of the same: what is not named stays."""
        body = await body_of(request)
        check_bots(body, plan=self._world.plan)
        self._world.bots |= body
        return await self.bots(request)

    async def lists(self, request: Request) -> Response:
        """GET /accounts/{account}/rules/lists."""
        if request.path_params["account"] != self._world.zone["account"]["id"]:
            raise Refusal("Authentication error", status=403, code=10000)
        return answered(self._world.lists)

    def _setting(self, name: str) -> Row:
        world = self._world
        return {
            "id": name,
            "value": read(name, world.settings),
            "editable": is_editable(name, plan=world.plan),
            "modified_on": world.modified.get(name),
        }


def _named(request: Request) -> str:
    name: str = request.path_params["setting"]
    if name not in SETTINGS:
        raise Refusal(f"undefined zone setting: {name}", code=1003)
    return name
