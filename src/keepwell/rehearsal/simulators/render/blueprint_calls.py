"""What Render's API answers about Blueprints: no call of it begins a sync.

Source: https://api-docs.render.com/reference (read 2026-11).
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.render import shapes
from keepwell.rehearsal.simulators.render.answering import Missing, OnWorld, page, split
from keepwell.rehearsal.simulators.render.ids import make_id
from keepwell.rehearsal.simulators.render.world import OWNER

BLUEPRINT = make_id("exs", "blueprint")
_STATUS = {"success": "in_sync", "error": "error"}


class BlueprintCalls(OnWorld):
    """The calls on the one Blueprint, which is there from its first sync on."""

    async def blueprints(self, request: Request) -> Response:
        """GET /blueprints."""
        owners = split(request, "ownerId")
        is_seen = self._world.syncs and (not owners or OWNER["id"] in owners)
        return page(request, "blueprint", [self._shape()] if is_seen else [])

    async def blueprint(self, request: Request) -> Response:
        """GET /blueprints/{id}: with what it manages."""
        self._check(request)
        return JSONResponse({**self._shape(), "resources": shapes.resources(self._world)})

    async def syncs(self, request: Request) -> Response:
        """GET /blueprints/{id}/syncs, newest first."""
        self._check(request)
        return page(request, "sync", [shapes.sync(each) for each in self._world.syncs])

    def _check(self, request: Request) -> None:
        if request.path_params["blueprint"] != BLUEPRINT or not self._world.syncs:
            raise Missing(request.path_params["blueprint"])

    def _shape(self) -> dict[str, Any]:
        newest = self._world.syncs[0]
        return {
            "id": BLUEPRINT,
            "name": "livestreamsell",
            "status": _STATUS.get(newest.state, "syncing"),
            "autoSync": True,
            "repo": "https://github.com/livestreamsell/livestreamsell",
            "branch": "main",
            "lastSync": shapes.moment(newest.started_at),
        }
