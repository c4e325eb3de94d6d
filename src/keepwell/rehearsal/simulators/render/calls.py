"""What Render's API answers: one function a call.

Source: https://api-docs.render.com/reference (read 2026-11).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.render import shapes
from keepwell.rehearsal.simulators.render.ids import make_id
from keepwell.rehearsal.simulators.render.world import OWNER, Group, Service, World


class Missing(Exception):  # noqa: N818 - an answer, not a fault
    """404, naming what is not there."""


class Wrong(Exception):  # noqa: N818 - an answer, not a fault
    """400, saying what is wrong."""


class Calls:
    """The calls, on one workspace."""

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

    async def owners(self, request: Request) -> Response:
        """GET /owners."""
        return page(request, "owner", [OWNER])

    async def services(self, request: Request) -> Response:
        """GET /services: previews too, unless told not to."""
        rows = [shapes.service(each) for each in self._world.services.values()]
        if request.query_params.get("includePreviews", "true") == "true":
            webs = [each for each in self._world.services.values() if each.type == "web_service"]
            rows += [shapes.preview_of(each) for each in webs]
        names = split(request, "name")
        rows = [row for row in rows if not names or row["name"] in names]
        owners = split(request, "ownerId")
        return page(request, "service", rows if not owners or OWNER["id"] in owners else [])

    async def service(self, request: Request) -> Response:
        """GET /services/{id}."""
        return JSONResponse(shapes.service(self._service(request)))

    async def patch_service(self, request: Request) -> Response:
        """PATCH /services/{id}."""
        service, body = self._service(request), await request.json()
        details = body.get("serviceDetails", {})
        known = ("plan", "healthCheckPath", "maxShutdownDelaySeconds", "renderSubdomainPolicy")
        if details.get("renderSubdomainPolicy") == "disabled" and not service.domains:
            raise Wrong("the subdomain cannot be disabled without a custom domain")
        service.details |= {name: details[name] for name in known if name in details}
        for name in ("autoDeployTrigger", "branch", "buildFilter", "repo"):
            if name in body:
                service.fields[name] = body[name]
        return JSONResponse(shapes.service(service))

    async def variables(self, request: Request) -> Response:
        """GET /services/{id}/env-vars: values in clear."""
        rows = [shapes.variable(pair) for pair in self._service(request).env_vars.items()]
        return page(request, "envVar", rows)

    async def put_variables(self, request: Request) -> Response:
        """PUT /services/{id}/env-vars: replaces all of them."""
        service = self._service(request)
        service.env_vars = {each["key"]: each.get("value", "") for each in await request.json()}
        rows = [shapes.variable(pair) for pair in service.env_vars.items()]
        return page(request, "envVar", rows)

    async def put_variable(self, request: Request) -> Response:
        """PUT /services/{id}/env-vars/{key}: this one alone."""
        key, body = request.path_params["key"], await request.json()
        self._service(request).env_vars[key] = str(body["value"])
        return JSONResponse(shapes.variable((key, str(body["value"]))))

    async def delete_variable(self, request: Request) -> Response:
        """DELETE /services/{id}/env-vars/{key}."""
        if self._service(request).env_vars.pop(request.path_params["key"], None) is None:
            raise Missing(request.path_params["key"])
        return Response(status_code=204)

    async def domains(self, request: Request) -> Response:
        """GET /services/{id}/custom-domains."""
        rows = [shapes.domain(each) for each in self._service(request).domains.values()]
        return page(request, "customDomain", rows)

    async def post_domain(self, request: Request) -> Response:
        """POST /services/{id}/custom-domains."""
        service, name = self._service(request), (await request.json())["name"]
        if any(name in each.domains for each in self._world.services.values()):
            return JSONResponse({"message": f"{name} is in use"}, status_code=409)
        return JSONResponse([shapes.domain(self._world.add_domain(service, name))], 201)

    async def verify_domain(self, request: Request) -> Response:
        """POST .../verify: begins, and answers before it is done."""
        if request.path_params["domain"] not in self._service(request).domains:
            raise Missing(request.path_params["domain"])
        return Response(status_code=202)

    async def delete_domain(self, request: Request) -> Response:
        """DELETE /services/{id}/custom-domains/{name}."""
        if self._service(request).domains.pop(request.path_params["domain"], None) is None:
            raise Missing(request.path_params["domain"])
        return Response(status_code=204)

    async def put_autoscaling(self, request: Request) -> Response:
        """PUT /services/{id}/autoscaling: both criteria must be there."""
        body = await request.json()
        if not {"cpu", "memory"} <= body["criteria"].keys() or body["min"] > body["max"]:
            raise Wrong("criteria cpu and memory, and min <= max")
        self._service(request).autoscaling = body
        return JSONResponse(body)

    async def delete_autoscaling(self, request: Request) -> Response:
        """DELETE /services/{id}/autoscaling."""
        self._service(request).autoscaling = None
        return Response(status_code=204)

    async def scale(self, request: Request) -> Response:
        """POST /services/{id}/scale: without effect while autoscaling is on."""
        service, body = self._service(request), await request.json()
        if not (service.autoscaling and service.autoscaling["enabled"]):
            service.details["numInstances"] = body["numInstances"]
        return Response(status_code=202)

    async def deploys(self, request: Request) -> Response:
        """GET /services/{id}/deploys, newest first."""
        rows = [shapes.deploy(each) for each in self._service(request).deploys]
        wanted = request.query_params.getlist("status")
        return page(request, "deploy", [r for r in rows if not wanted or r["status"] in wanted])

    async def post_deploy(self, request: Request) -> Response:
        """POST /services/{id}/deploys: 201, or 202 with an empty body where it is queued."""
        service, body = self._service(request), json.loads(await request.body() or b"{}")
        deploy = self._world.add_deploy(service, commit=body.get("commitId"), trigger="api")
        if self._world.queues_deploys:
            return Response(status_code=202)
        return JSONResponse(shapes.deploy(deploy), 201)

    async def deploy(self, request: Request) -> Response:
        """GET /services/{id}/deploys/{id}."""
        for each in self._service(request).deploys:
            if each.id == request.path_params["deploy"]:
                return JSONResponse(shapes.deploy(each))
        raise Missing(request.path_params["deploy"])

    async def cancel_deploy(self, request: Request) -> Response:
        """POST /services/{id}/deploys/{id}/cancel."""
        for each in self._service(request).deploys:
            if each.id == request.path_params["deploy"]:
                each.status = "canceled"
                return JSONResponse(shapes.deploy(each))
        raise Missing(request.path_params["deploy"])

    async def rollback(self, request: Request) -> Response:
        """POST /services/{id}/rollback: a new deploy of an old one's commit."""
        service, wanted = self._service(request), (await request.json())["deployId"]
        for each in service.deploys:
            if each.id == wanted:
                made = self._world.add_deploy(service, commit=each.commit, trigger="rollback")
                return JSONResponse(shapes.deploy(made), 201)
        raise Missing(wanted)

    async def outbound_ips(self, request: Request) -> Response:
        """GET /services/{id}/outbound-ips."""
        self._service(request)
        return JSONResponse({"type": "shared", "ips": self._world.outbound})

    async def instances(self, request: Request) -> Response:
        """GET /services/{id}/instances: a plain list."""
        service = self._service(request)
        count = service.details["numInstances"]
        made = shapes.moment(service.created_at)
        return JSONResponse([{"id": f"{service.id}-{n}", "createdAt": made} for n in range(count)])

    async def groups(self, request: Request) -> Response:
        """GET /env-groups: without the variables."""
        rows = [shapes.group(each, self._world) for each in self._world.groups.values()]
        for row in rows:
            del row["envVars"], row["secretFiles"]
        return page(request, "envGroup", rows)

    async def group(self, request: Request) -> Response:
        """GET /env-groups/{id}."""
        return JSONResponse(shapes.group(self._group(request), self._world))

    async def post_group(self, request: Request) -> Response:
        """POST /env-groups."""
        body = await request.json()
        id = make_id("evg", body["name"])  # noqa: A001 - Render's word
        if id in self._world.groups:
            return JSONResponse({"message": f"{body['name']} exists"}, status_code=400)
        group = Group(id=id, name=body["name"], created_at=self._world.clock.now())
        group.env_vars = {each["key"]: each["value"] for each in body["envVars"]}
        group.services = set(body.get("serviceIds", []))
        self._world.groups[id] = group
        return JSONResponse(shapes.group(group, self._world), 201)

    async def put_group_variable(self, request: Request) -> Response:
        """PUT /env-groups/{id}/env-vars/{key}."""
        key, body = request.path_params["key"], await request.json()
        group = self._group(request)
        group.env_vars[key] = str(body["value"])
        return JSONResponse(shapes.variable((key, str(body["value"]))))

    async def link_group(self, request: Request) -> Response:
        """POST or DELETE /env-groups/{id}/services/{id}."""
        group, service = self._group(request), self._service(request)
        if request.method == "DELETE":
            group.services.discard(service.id)
            return Response(status_code=204)
        group.services.add(service.id)
        return JSONResponse(shapes.group(group, self._world))

    async def stores(self, request: Request) -> Response:
        """GET /key-value."""
        rows = [shapes.store(each) for each in self._world.stores.values()]
        return page(request, "keyValue", rows)

    async def patch_store(self, request: Request) -> Response:
        """PATCH /key-value/{id}."""
        id, body = request.path_params["store"], await request.json()  # noqa: A001
        if id not in self._world.stores:
            raise Missing(id)
        store = self._world.stores[id]
        if "plan" in body:
            store.fields["plan"] = body["plan"]
        if "maxmemoryPolicy" in body:
            store.fields["maxmemory_policy"] = body["maxmemoryPolicy"]
        return JSONResponse(shapes.store(store))

    async def blueprints(self, request: Request) -> Response:
        """GET /blueprints."""
        if not self._world.syncs:
            return page(request, "blueprint", [])
        newest = self._world.syncs[0]
        blueprint = {
            "id": make_id("exs", "blueprint"),
            "name": "livestreamsell",
            "status": {"success": "in_sync", "error": "error"}.get(newest.state, "syncing"),
            "autoSync": True,
            "repo": "https://github.com/livestreamsell/livestreamsell",
            "branch": "main",
            "lastSync": shapes.moment(newest.started_at),
        }
        return page(request, "blueprint", [blueprint])

    async def syncs(self, request: Request) -> Response:
        """GET /blueprints/{id}/syncs, newest first."""
        return page(request, "sync", [shapes.sync(each) for each in self._world.syncs])


def split(request: Request, name: str) -> list[str]:
    """A parameter that is a list with commas."""
    return [each for each in request.query_params.get(name, "").split(",") if each]


def page(request: Request, name: str, rows: Sequence[Any]) -> Response:
    """A page of `{cursor, name}`: `limit` rows (20 unless told), behind the cursor."""
    limit = int(request.query_params.get("limit", "20"))
    if not 1 <= limit <= 100:
        raise Wrong("limit is from 1 to 100")
    start = int(request.query_params.get("cursor", "0") or "0")
    return JSONResponse(
        [
            {"cursor": str(start + place), name: row}
            for place, row in enumerate(rows[start : start + limit], start=1)
        ]
    )


Handler = Callable[[Request], Any]
