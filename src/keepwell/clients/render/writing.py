"""One call for each change. Variables are set one by one: the call that replaces all is never made.

Source: https://api-docs.render.com/reference (read 2026-11).
"""

from collections.abc import Mapping
from typing import Any

from keepwell.clients.base import Api, segment
from keepwell.errors import Refused, UsageError
from keepwell.model.plan import Change
from keepwell.model.secret import Lookup, resolve

_DETAILS = {
    "plan": "plan",
    "health_check_path": "healthCheckPath",
    "max_shutdown_delay_s": "maxShutdownDelaySeconds",
}
_STORE = {"plan": "plan", "maxmemory_policy": "maxmemoryPolicy"}


def value_of(change: Change, *, lookup: Lookup) -> str:
    """The value that a variable is to have.

    Raises:
        UsageError: it is a secret that is not at hand.
    """
    try:
        return str(resolve(change.resource.fields["value"], lookup=lookup))
    except KeyError as missing:
        raise UsageError(
            f"{change.address} needs the variable {missing.args[0]}, which is not set",
            hint=f"set {missing.args[0]} from the place that keeps it",
        ) from None


def put_variable(api: Api, change: Change, *, holder_id: str, value: str) -> None:
    """Sets one variable of a service or a group."""
    holders = "services" if change.resource.kind == "env-var" else "env-groups"
    key = segment(change.resource.key.partition("/")[2])
    api.put(f"/{holders}/{segment(holder_id)}/env-vars/{key}", json={"value": value})


def patch_service(api: Api, change: Change, *, service_id: str) -> None:
    """Changes what a service's call for changes knows, and the number of its instances.

    Raises:
        Refused: what differs can only be made anew.
    """
    after = dict(change.after)
    for name in ("type", "region"):
        if name in after:
            raise Refused(
                f"{change.address}: {name} cannot be changed from {change.before[name]!r}"
                f" to {after[name]!r}",
                hint="make a service of another name, move the traffic, then delete this one",
            )
    if (instances := after.pop("instances", None)) is not None:
        path = f"/services/{segment(service_id)}/scale"
        api.post(path, json={"numInstances": instances}, is_idempotent=True)
    body: dict[str, Any] = {}
    if "auto_deploy_trigger" in after:
        body["autoDeployTrigger"] = after["auto_deploy_trigger"]
    if details := {_DETAILS[name]: after[name] for name in _DETAILS if name in after}:
        body["serviceDetails"] = details
    if body:
        _patch(api, f"/services/{segment(service_id)}", body)


def patch_store(api: Api, change: Change, *, store_id: str) -> None:
    """Changes the plan and the eviction of a key-value store.

    Raises:
        Refused: what differs can only be made anew, or is not ours to open.
    """
    after = dict(change.after)
    if "region" in after:
        raise Refused(
            f"{change.address} stays in {change.before['region']!r}",
            hint="make a store of another name, then delete this one",
        )
    body: dict[str, Any] = {_STORE[name]: after[name] for name in _STORE if name in after}
    if "ip_allow_list" in after:
        body["ipAllowList"] = [
            {"cidrBlock": each, "description": "declared"} for each in after["ip_allow_list"]
        ]
    _patch(api, f"/key-value/{segment(store_id)}", body)


def set_subdomain_policy(api: Api, change: Change, *, service_id: str) -> None:
    """Opens or closes a service's onrender.com name."""
    details = {"renderSubdomainPolicy": change.after["policy"]}
    _patch(api, f"/services/{segment(service_id)}", {"serviceDetails": details})


def set_scaling(api: Api, change: Change, *, service_id: str) -> None:
    """Sets how a service scales by itself; the call wants both criteria each time."""
    wanted = change.resource.fields
    body = {
        "enabled": wanted["enabled"],
        "min": wanted["min"],
        "max": wanted["max"],
        "criteria": {name: _criterion(wanted[name]) for name in ("cpu", "memory")},
    }
    api.put(f"/services/{segment(service_id)}/autoscaling", json=body)


def add_domain(api: Api, change: Change, *, service_id: str) -> None:
    """Adds a custom domain; Render verifies it in its own time. One that is there already stays."""
    host = change.resource.key.partition("/")[2]
    path = f"/services/{segment(service_id)}/custom-domains"
    api.post(path, json={"name": host}, expect=(200, 201), is_idempotent=False)


def make_group(api: Api, change: Change, *, owner_id: str, linked: Mapping[str, str]) -> None:
    """Makes a group without variables, linked to services (name to id)."""
    body = {
        "name": change.resource.key,
        "ownerId": owner_id,
        "envVars": [],
        "serviceIds": list(linked.values()),
    }
    api.post("/env-groups", json=body, expect=(201,))


def link_group(api: Api, *, group_id: str, service_id: str) -> None:
    """Links a group to a service; once more changes nothing."""
    path = f"/env-groups/{segment(group_id)}/services/{segment(service_id)}"
    api.post(path, is_idempotent=True)


def _patch(api: Api, path: str, body: Mapping[str, Any]) -> None:
    api.patch(path, json=dict(body), is_idempotent=True)


def _criterion(percentage: int | None) -> dict[str, Any]:
    return {"enabled": percentage is not None, "percentage": percentage or 0}
