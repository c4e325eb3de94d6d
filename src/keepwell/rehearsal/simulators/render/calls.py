"""What Render's API answers about services: themselves, their variables, and their number.

Source: https://api-docs.render.com/reference (read 2026-11).
"""

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.render import shapes
from keepwell.rehearsal.simulators.render.answering import (
    Missing,
    OnWorld,
    Wrong,
    body_of,
    check_types,
    page,
    parsed,
    split,
)
from keepwell.rehearsal.simulators.render.things import Service
from keepwell.rehearsal.simulators.render.world import OWNER, PLANS

_FIELDS: Mapping[str, type] = {
    "name": str,
    "autoDeploy": str,
    "autoDeployTrigger": str,
    "branch": str,
    "buildFilter": dict,
    "repo": str,
    "rootDir": str,
    "serviceDetails": dict,
}
_DETAILS: Mapping[str, type] = {
    "plan": str,
    "healthCheckPath": str,
    "maxShutdownDelaySeconds": int,
    "renderSubdomainPolicy": str,
    "preDeployCommand": str,
    "previews": dict,
    "maintenanceMode": dict,
    "runtime": str,
    "envSpecificDetails": dict,
}
_AUTOSCALING: Mapping[str, type] = {"enabled": bool, "min": int, "max": int, "criteria": dict}


class ServiceCalls(OnWorld):
    """The calls under /services that change no deploy and no domain."""

    async def services(self, request: Request) -> Response:
        """GET /services: previews too, unless told not to."""
        rows = [shapes.service(each) for each in self._world.services.values()]
        if request.query_params.get("includePreviews", "true") == "true":
            webs = [each for each in self._world.services.values() if each.type == "web_service"]
            rows += [shapes.preview_of(each) for each in webs]
        for name in ("name", "type", "suspended", "ownerId"):
            if wanted := split(request, name):
                rows = [row for row in rows if row[name] in wanted]
        if regions := split(request, "region"):
            rows = [row for row in rows if row["serviceDetails"].get("region") in regions]
        return page(request, "service", rows)

    async def service(self, request: Request) -> Response:
        """GET /services/{id}."""
        return JSONResponse(shapes.service(self._service(request)))

    async def patch_service(self, request: Request) -> Response:
        """PATCH /services/{id}: what is named changes."""
        service, body = self._service(request), await body_of(request, _FIELDS)
        details = body.pop("serviceDetails", {})
        check_types(details, _DETAILS)
        _refuse(service, details)
        service.name = body.pop("name", service.name)
        service.fields |= {name: body[name] for name in _FIELDS if name in body}
        if "autoDeploy" in body and "autoDeployTrigger" not in body:
            service.fields["autoDeployTrigger"] = "off" if body["autoDeploy"] == "no" else "commit"
        specific = details.pop("envSpecificDetails", {})
        service.details |= {name: details[name] for name in _DETAILS if name in details} | specific
        return JSONResponse(shapes.service(service))

    async def suspend(self, request: Request) -> Response:
        """POST /services/{id}/suspend."""
        service = self._service(request)
        if "user" not in service.suspenders:
            service.suspenders.append("user")
            self._world.tell(service, "service_suspended", {"actor": "user"})
        return Response(status_code=202)

    async def resume(self, request: Request) -> Response:
        """POST /services/{id}/resume: takes back what a user did, and nothing else."""
        service = self._service(request)
        if "user" in service.suspenders:
            service.suspenders.remove("user")
            self._world.tell(service, "service_resumed", {})
            self._world.add_deploy(service, commit=None, trigger="service_resumed")
        return Response(status_code=202)

    async def variables(self, request: Request) -> Response:
        """GET /services/{id}/env-vars: values in clear."""
        return page(request, "envVar", shapes.variables(self._service(request).env_vars))

    async def put_variables(self, request: Request) -> Response:
        """PUT /services/{id}/env-vars: replaces all of them."""
        service, body = self._service(request), parsed(await request.body())
        if not isinstance(body, list) or not all("key" in each for each in body):
            raise Wrong("the body is no list of variables")
        service.env_vars = {each["key"]: value_in(each) for each in body}
        return page(request, "envVar", shapes.variables(service.env_vars))

    async def put_variable(self, request: Request) -> Response:
        """PUT /services/{id}/env-vars/{key}: this one alone."""
        service, body = self._service(request), await body_of(request, {})
        service.env_vars[request.path_params["key"]] = value_in(body)
        return JSONResponse(_one_of(service.env_vars, request))

    async def delete_variable(self, request: Request) -> Response:
        """DELETE /services/{id}/env-vars/{key}."""
        if self._service(request).env_vars.pop(request.path_params["key"], None) is None:
            raise Missing(request.path_params["key"])
        return Response(status_code=204)

    async def put_autoscaling(self, request: Request) -> Response:
        """PUT /services/{id}/autoscaling: both criteria must be there."""
        service = self._service(request)
        body = await body_of(request, _AUTOSCALING, needed="enabled min max criteria")
        if not {"cpu", "memory"} <= body["criteria"].keys() or not 1 <= body["min"] <= body["max"]:
            raise Wrong("criteria cpu and memory, and 1 <= min <= max")
        before = {"fromConfig": service.autoscaling} if service.autoscaling else {}
        service.autoscaling = body
        self._world.tell(service, "autoscaling_config_changed", {**before, "toConfig": body})
        return JSONResponse(body)

    async def delete_autoscaling(self, request: Request) -> Response:
        """DELETE /services/{id}/autoscaling."""
        self._service(request).autoscaling = None
        return Response(status_code=204)

    async def scale(self, request: Request) -> Response:
        """POST /services/{id}/scale: without effect while autoscaling is on."""
        types = {"numInstances": int}
        service, body = self._service(request), await body_of(request, types, needed="numInstances")
        if not service.is_autoscaled:
            before = service.details["numInstances"]
            service.details["numInstances"] = body["numInstances"]
            told = {"fromInstances": before, "toInstances": body["numInstances"]}
            self._world.tell(service, "instance_count_changed", told)
        return Response(status_code=202)

    async def instances(self, request: Request) -> Response:
        """GET /services/{id}/instances: a plain list."""
        service = self._service(request)
        made = shapes.moment(service.created_at)
        count = range(0 if service.suspenders else service.running)
        return JSONResponse([{"id": f"{service.id}-{n}", "createdAt": made} for n in count])

    async def outbound_ips(self, request: Request) -> Response:
        """GET /services/{id}/outbound-ips."""
        self._service(request)
        return JSONResponse({"type": "shared", "ips": self._world.outbound})

    async def owners(self, request: Request) -> Response:
        """GET /owners."""
        wanted = split(request, "name")
        return page(request, "owner", [OWNER] if not wanted or OWNER["name"] in wanted else [])


def _refuse(service: Service, details: Mapping[str, Any]) -> None:
    if details.get("plan", "starter") not in PLANS:
        raise Wrong(f"plan {details['plan']} is not known")
    if details.get("renderSubdomainPolicy") == "disabled" and not service.domains:
        raise Wrong("the subdomain cannot be disabled without a custom domain")


def value_in(body: Mapping[str, Any]) -> str:
    """The value that a body gives a variable, or one that is made up on demand."""
    if body.get("generateValue") is True:
        return secrets.token_urlsafe(32)
    if not isinstance(body.get("value"), str):
        raise Wrong("value has the wrong type")
    return str(body["value"])


def _one_of(env_vars: Mapping[str, str], request: Request) -> dict[str, Any]:
    """The variable that a path names."""
    key = request.path_params["key"]
    if key not in env_vars:
        raise Missing(key)
    return {"key": key, "value": env_vars[key]}
