"""One call for each change. Variables are set one by one: the call that replaces all is never made.

Source: https://api-docs.render.com/reference (read 2026-11).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from keepwell.clients.base import Api, cursor_rows, resolved, segment
from keepwell.clients.render.reading import AUTOSCALED, is_verified
from keepwell.decisions.desired_render import GENERATED
from keepwell.errors import Refused
from keepwell.model.plan import Change
from keepwell.model.secret import Lookup

_DETAILS = {
    "plan": "plan",
    "health_check_path": "healthCheckPath",
    "max_shutdown_delay_s": "maxShutdownDelaySeconds",
}
_USUAL_PERCENTAGE = 60
_STORE = {"plan": "plan", "maxmemory_policy": "maxmemoryPolicy"}


def value_of(change: Change, *, lookup: Lookup) -> str:
    """The value that a variable is to have.

    Raises:
        UsageError: it is a secret that is not at hand.
    """
    return str(resolved(change, change.resource.fields["value"], lookup=lookup))


def put_variable(api: Api, change: Change, *, holder_id: str, value: str) -> None:
    """Sets one variable of a service or a group; no deploy begins by that."""
    holders = "services" if change.resource.kind == "env-var" else "env-groups"
    key = segment(change.resource.key.partition("/")[2])
    body = {"generateValue": True} if value == GENERATED else {"value": value}
    api.put(f"/{holders}/{segment(holder_id)}/env-vars/{key}", json=body)


def patch_service(api: Api, change: Change, service_id: str) -> None:
    """Changes what a service's call for changes knows, and the number of its instances.

    Type and region cannot be changed: `reading.immovable` says so, and they never come here.
    """
    after = change.after
    if "instances" in after:
        _scale(api, change, service_id)
    body: dict[str, Any] = {}
    if "auto_deploy_trigger" in after:
        body["autoDeployTrigger"] = after["auto_deploy_trigger"]
    if details := {_DETAILS[name]: after[name] for name in _DETAILS if name in after}:
        body["serviceDetails"] = details
    if body:
        _patch(api, f"/services/{segment(service_id)}", body)


def _scale(api: Api, change: Change, service_id: str) -> None:
    """Fixes the number of instances, which Render ignores as long as it scales by itself."""
    path = f"/services/{segment(service_id)}"
    if change.before.get("instances") == AUTOSCALED:
        api.delete(f"{path}/autoscaling", expect=(200, 204, 404))
    count = {"numInstances": change.after["instances"]}
    api.post(f"{path}/scale", json=count, is_idempotent=True)


def patch_store(api: Api, change: Change, store_id: str) -> None:
    """Changes the plan, the eviction and the allowed networks of a key-value store."""
    after = change.after
    body: dict[str, Any] = {_STORE[name]: after[name] for name in _STORE if name in after}
    if "ip_allow_list" in after:
        body["ipAllowList"] = [
            {"cidrBlock": each, "description": ""} for each in after["ip_allow_list"]
        ]
    _patch(api, f"/key-value/{segment(store_id)}", body)


def set_subdomain_policy(api: Api, change: Change, service_id: str) -> None:
    """Opens or closes a service's onrender.com name.

    Raises:
        Refused: it would close the only name at which the service can be reached.
    """
    if change.after["policy"] == "disabled":
        path = f"/services/{segment(service_id)}/custom-domains"
        if not any(map(is_verified, cursor_rows(api, path, name="customDomain"))):
            raise Refused(
                f"{change.address}: no custom domain of {change.resource.key} is verified,"
                " so nothing would reach it without its onrender.com name",
                hint="point a custom domain at the service, wait until Render has verified it,"
                " then run apply again",
                see="https://render.com/docs/custom-domains",
            )
    details = {"renderSubdomainPolicy": change.after["policy"]}
    _patch(api, f"/services/{segment(service_id)}", {"serviceDetails": details})


def set_scaling(api: Api, change: Change, service_id: str) -> None:
    """Sets how a service scales by itself; the call wants both criteria each time."""
    wanted = change.resource.fields
    usual = wanted["cpu"] or wanted["memory"] or _USUAL_PERCENTAGE
    body = {
        "enabled": wanted["enabled"],
        "min": wanted["min"],
        "max": wanted["max"],
        "criteria": {
            name: {"enabled": wanted[name] is not None, "percentage": wanted[name] or usual}
            for name in ("cpu", "memory")
        },
    }
    api.put(f"/services/{segment(service_id)}/autoscaling", json=body)


def add_domain(api: Api, change: Change, service_id: str) -> None:
    """Adds a custom domain; Render verifies it in its own time.

    One that is there stays: with an apex Render adds its www, and the other way round.
    Source: https://render.com/docs/custom-domains (read 2026-11).
    """
    host = change.resource.key.partition("/")[2]
    path = f"/services/{segment(service_id)}/custom-domains"
    if api.get(f"{path}/{segment(host)}", expect=(200, 404)).status == 404:
        api.post(path, json={"name": host}, expect=(200, 201))


def make_group(api: Api, change: Change, *, owner_id: str, service_ids: Sequence[str]) -> None:
    """Makes a group without variables, linked to services."""
    body = {
        "name": change.resource.key,
        "ownerId": owner_id,
        "envVars": [],
        "serviceIds": list(service_ids),
    }
    api.post("/env-groups", json=body, expect=(201,))


def link_group(api: Api, *, group_id: str, service_id: str) -> None:
    """Links a group to a service; once more changes nothing."""
    path = f"/env-groups/{segment(group_id)}/services/{segment(service_id)}"
    api.post(path, is_idempotent=True)


def unlink_group(api: Api, *, group_id: str, service_id: str) -> None:
    """Takes a group from a service; once more changes nothing."""
    path = f"/env-groups/{segment(group_id)}/services/{segment(service_id)}"
    api.delete(path, expect=(200, 204, 404))


def _patch(api: Api, path: str, body: Mapping[str, Any]) -> None:
    api.patch(path, json=dict(body), is_idempotent=True)
