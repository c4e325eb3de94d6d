"""What every call of Render's API has in common: bodies, pages, and the two ways to say no.

Source: https://api-docs.render.com/reference/introduction (read 2026-11).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.render.things import Group, Service
from keepwell.rehearsal.simulators.render.world import World

Handler = Callable[[Request], Any]


class Missing(Exception):  # noqa: N818 - an answer, not a fault
    """404, naming what is not there."""


class Wrong(Exception):  # noqa: N818 - an answer, not a fault
    """400, saying what is wrong."""


class OnWorld:
    """Calls on one workspace."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _service(self, request: Request) -> Service:
        id = request.path_params["service"]  # noqa: A001 - Render's word
        if id not in self._world.services:
            raise Missing(id)
        return self._world.services[id]

    def _group(self, request: Request) -> Group:
        id = request.path_params["group"]  # noqa: A001 - Render's word
        if id not in self._world.groups:
            raise Missing(id)
        return self._world.groups[id]


async def body_of(request: Request, types: Mapping[str, type], *, needed: str = "") -> Any:
    """The JSON object sent, whose known fields have these types and whose `needed` are there."""
    body = parsed(await request.body())
    if not isinstance(body, dict):
        raise Wrong("the body is no JSON object")
    check_types(body, types)
    for name in needed.split():
        if name not in body:
            raise Wrong(f"{name} is required")
    return body


def check_types(body: Mapping[str, Any], types: Mapping[str, type]) -> None:
    """Raises Wrong where a known field is of another type."""
    for name, kind in types.items():
        if name in body and not _is_a(body[name], kind):
            raise Wrong(f"{name} has the wrong type")


def _is_a(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def parsed(body: bytes) -> Any:
    """A body as JSON; without one, an empty object."""
    try:
        return json.loads(body or b"{}")
    except ValueError:
        raise Wrong("the body is no JSON") from None


def split(request: Request, name: str) -> list[str]:
    """A parameter that is a list with commas."""
    return [each for each in request.query_params.get(name, "").split(",") if each]


def page(request: Request, name: str, rows: Sequence[Any]) -> Response:
    """A page of `{cursor, name}`: `limit` rows (20 unless told), behind the cursor."""
    limit, start = _number(request, "limit", 20), _number(request, "cursor", 0)
    if not 1 <= limit <= 100:
        raise Wrong("limit is from 1 to 100")
    return JSONResponse(
        [
            {"cursor": str(start + place), name: row}
            for place, row in enumerate(rows[start : start + limit], start=1)
        ]
    )


def _number(request: Request, name: str, default: int) -> int:
    try:
        return int(request.query_params.get(name) or default)
    except ValueError:
        raise Wrong(f"{name} is not valid") from None
