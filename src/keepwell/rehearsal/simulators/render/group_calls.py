"""What Render's API answers about environment groups and key-value stores.

Source: https://api-docs.render.com/reference (read 2026-11).
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.render import shapes
from keepwell.rehearsal.simulators.render.answering import (
    Missing,
    OnWorld,
    Wrong,
    body_of,
    page,
    split,
)
from keepwell.rehearsal.simulators.render.calls import value_in
from keepwell.rehearsal.simulators.render.ids import make_id
from keepwell.rehearsal.simulators.render.things import Group, Store

_GROUP = {"name": str, "ownerId": str, "envVars": list, "serviceIds": list}
_STORE = {"name": str, "plan": str, "maxmemoryPolicy": str, "ipAllowList": list}


class GroupCalls(OnWorld):
    """The calls on environment groups."""

    async def groups(self, request: Request) -> Response:
        """GET /env-groups: a plain list, without the variables."""
        rows = [shapes.group_meta(each, self._world) for each in self._world.groups.values()]
        for name in ("name", "ownerId"):
            if wanted := split(request, name):
                rows = [row for row in rows if row[name] in wanted]
        return JSONResponse(rows)

    async def group(self, request: Request) -> Response:
        """GET /env-groups/{id}."""
        return self._answer(self._group(request))

    async def post_group(self, request: Request) -> Response:
        """POST /env-groups."""
        body = await body_of(request, _GROUP, needed="name ownerId envVars")
        id = make_id("evg", body["name"])  # noqa: A001 - Render's word
        if id in self._world.groups:
            raise Wrong(f"{body['name']} exists")
        group = Group(id=id, name=body["name"], created_at=self._world.clock.now())
        group.env_vars = {each["key"]: value_in(each) for each in body["envVars"]}
        group.services = set(body.get("serviceIds", [])) & self._world.services.keys()
        self._world.groups[id] = group
        return JSONResponse(shapes.group(group, self._world), 201)

    async def put_variable(self, request: Request) -> Response:
        """PUT /env-groups/{id}/env-vars/{key}: answers with the group."""
        group, body = self._group(request), await body_of(request, {})
        group.env_vars[request.path_params["key"]] = value_in(body)
        return self._answer(group)

    async def link(self, request: Request) -> Response:
        """POST /env-groups/{id}/services/{id}."""
        group = self._group(request)
        group.services.add(self._service(request).id)
        return self._answer(group)

    async def unlink(self, request: Request) -> Response:
        """DELETE /env-groups/{id}/services/{id}."""
        self._group(request).services.discard(self._service(request).id)
        return Response(status_code=204)

    def _answer(self, group: Group) -> Response:
        return JSONResponse(shapes.group(group, self._world))


class StoreCalls(OnWorld):
    """The calls on key-value stores."""

    async def stores(self, request: Request) -> Response:
        """GET /key-value."""
        rows = [shapes.store(each) for each in self._world.stores.values()]
        for name in ("name", "region"):
            if wanted := split(request, name):
                rows = [row for row in rows if row[name] in wanted]
        owners = split(request, "ownerId")
        mine = [row for row in rows if not owners or row["owner"]["id"] in owners]
        return page(request, "keyValue", mine)

    async def store(self, request: Request) -> Response:
        """GET /key-value/{id}."""
        return JSONResponse(shapes.store_details(self._store(request)))

    async def patch_store(self, request: Request) -> Response:
        """PATCH /key-value/{id}: what is named changes."""
        store, body = self._store(request), await body_of(request, _STORE)
        store.name = body.get("name", store.name)
        for name, kept in (
            ("plan", "plan"),
            ("maxmemoryPolicy", "maxmemory_policy"),
            ("ipAllowList", "ipAllowList"),
        ):
            if name in body:
                store.fields[kept] = body[name]
        return JSONResponse(shapes.store_details(store))

    def _store(self, request: Request) -> Store:
        id = request.path_params["store"]  # noqa: A001 - Render's word
        if id not in self._world.stores:
            raise Missing(id)
        return self._world.stores[id]
