"""What Cloudflare's API answers about DNS records.

Source: https://developers.cloudflare.com/api/resources/dns/subresources/records (read 2026-11).
"""

from starlette.requests import Request
from starlette.responses import Response

from keepwell.rehearsal.simulators.cloudflare.answering import answered, body_of, page
from keepwell.rehearsal.simulators.cloudflare.world import World

_FILTERS = ("type", "name", "content", "comment")


class RecordCalls:
    """The records of the zone."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def records(self, request: Request) -> Response:
        """GET /zones/{zone}/dns_records, in pages."""
        asked = {
            each: request.query_params[each] for each in _FILTERS if each in request.query_params
        }
        rows = [
            row
            for row in self._world.records.by_id.values()
            if all(row[name] == value for name, value in asked.items())
        ]
        return page(request, rows, default=100, most=5_000_000)

    async def record(self, request: Request) -> Response:
        """GET /zones/{zone}/dns_records/{record}."""
        return answered(self._world.records.one(request.path_params["record"]))

    async def post(self, request: Request) -> Response:
        """POST /zones/{zone}/dns_records."""
        body = await body_of(request)
        return answered(self._world.records.post(body, plan=self._world.plan))

    async def put(self, request: Request) -> Response:
        """PUT /zones/{zone}/dns_records/{record}: replaces it."""
        id, body = request.path_params["record"], await body_of(request)  # noqa: A001
        return answered(self._world.records.put(id, body, plan=self._world.plan))

    async def patch(self, request: Request) -> Response:
        """PATCH of the same: what is not named stays."""
        id, body = request.path_params["record"], await body_of(request)  # noqa: A001
        return answered(self._world.records.patch(id, body, plan=self._world.plan))

    async def delete(self, request: Request) -> Response:
        """DELETE of the same."""
        record = self._world.records.delete(request.path_params["record"])
        return answered({"id": record["id"]})

    async def batch(self, request: Request) -> Response:
        """POST /zones/{zone}/dns_records/batch: all or nothing."""
        body = await body_of(request)
        return answered(self._world.records.batch(body, plan=self._world.plan))
