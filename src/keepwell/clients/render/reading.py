"""Render's JSON as resources. Nothing here calls, and no variable's value is kept.

Nothing at Render counts as ours: what a file no longer names, a sync leaves, and so does keepwell.
What an answer lacks is empty, and a word that is new is taken as it comes: Render adds both.
Source: https://api-docs.render.com/reference (read 2026-11).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from keepwell.decisions.desired_render import GENERATED, is_reference
from keepwell.decisions.render_plans import plan_name
from keepwell.model.resource import Resource
from keepwell.model.secret import HIDDEN, Lookup, names_in, seen
from keepwell.model.verdict import Finding, Status

Body = Mapping[str, Any]

AUTOSCALED = "autoscaled"
"""Stands for the number of instances where Render chooses it."""


def service(body: Body) -> Resource:
    """A service."""
    details = body.get("serviceDetails") or {}
    scaling = details.get("autoscaling") or {}
    fields = {
        "type": body.get("type", ""),
        "region": details.get("region", ""),
        "plan": plan_name(details.get("plan") or ""),
        "health_check_path": details.get("healthCheckPath", ""),
        "auto_deploy_trigger": _trigger(body),
        "max_shutdown_delay_s": details.get("maxShutdownDelaySeconds"),
        "instances": AUTOSCALED if scaling.get("enabled") else details.get("numInstances"),
        "build_filter": body.get("buildFilter") or {},
    }
    return _resource("service", body["name"], fields, id_=body["id"])


def scaling(body: Body) -> Resource | None:
    """How a service scales by itself; None where it never did."""
    found = (body.get("serviceDetails") or {}).get("autoscaling")
    if not found:
        return None
    criteria = found.get("criteria") or {}
    fields = {
        "enabled": found.get("enabled", False),
        "min": found.get("min"),
        "max": found.get("max"),
        "cpu": _percentage(criteria.get("cpu")),
        "memory": _percentage(criteria.get("memory")),
    }
    return _resource("scaling", body["name"], fields, id_=body["id"])


def subdomain_policy(body: Body) -> Resource:
    """Whether a service answers at its onrender.com name."""
    details = body.get("serviceDetails") or {}
    fields = {"policy": details.get("renderSubdomainPolicy") or "enabled"}
    return _resource("subdomain-policy", body["name"], fields, id_=body["id"])


def domain(body: Body, *, service: Body) -> Resource:
    """A custom domain of a service."""
    key = f"{service['name']}/{body['name']}"
    fields = {"verified": is_verified(body)}
    return _resource("custom-domain", key, fields, id_=service["id"])


def is_verified(body: Body) -> bool:
    """Whether Render has seen that a domain leads to it."""
    return body.get("verificationStatus") == "verified"


def key_value(body: Body) -> Resource:
    """A key-value store."""
    options = body.get("options") or {}
    fields = {
        "region": body.get("region", ""),
        "plan": plan_name(body.get("plan") or "", is_key_value=True),
        "maxmemory_policy": (options.get("maxmemoryPolicy") or "").replace("-", "_"),
        "ip_allow_list": sorted(each["cidrBlock"] for each in body.get("ipAllowList") or ()),
    }
    return _resource("key-value", body["name"], fields, id_=body["id"])


def group(body: Body, *, declared: Collection[str]) -> Resource:
    """An environment group, with those of the `declared` services that it is linked to."""
    linked = {each.get("name", "") for each in body.get("serviceLinks") or ()}
    fields = {"services": sorted(linked & set(declared))}
    return _resource("env-group", body["name"], fields, id_=body["id"])


def outbound(service: str, ranges: Sequence[str]) -> Resource:
    """The ranges from which a service, and all others of its region, call out."""
    return _resource("outbound-ips", service, {"cidrs": list(ranges)})


def variables(
    rows: Sequence[Body], *, kind: str, holder: Body, wanted: Mapping[str, str], lookup: Lookup
) -> Iterator[Resource]:
    """The variables of a service or group, each value compared at once and dropped.

    `wanted` maps addresses to desired values. Of a variable that nobody declared only the name is
    kept, and of a value that differs only that it does: people put secrets anywhere.
    """
    for row in rows:
        key = f"{holder['name']}/{row['key']}"
        declared = wanted.get(f"render {kind} {key}")
        fields = {}
        if declared is not None:
            fields["value"] = _compared(declared, str(row.get("value", "")), lookup=lookup)
        yield _resource(kind, key, fields, id_=holder["id"])


def uncompared(found: Sequence[Resource], *, lookup: Lookup) -> list[str]:
    """The secrets that could not be compared, because their values are not at hand."""
    named = {name for each in found for name in names_in(dict(each.fields))}
    return sorted(name for name in named if lookup(name) is None)


def immovable(desired: Sequence[Resource], found: Sequence[Resource]) -> dict[str, str]:
    """Services and stores that stand in another region, or are of another type, than declared."""
    standing = {
        each.address: each.fields for each in found if each.kind in ("service", "key-value")
    }
    return {
        each.address: f"Render cannot change a {name}; make one of another name, and move to it"
        for each in desired
        if each.address in standing
        for name in ("region", "type")
        if name in each.fields and each.fields[name] != standing[each.address].get(name)
    }


def suspension(body: Body) -> Iterator[Finding]:
    """What a reader must know of a service that is suspended."""
    if body.get("suspended") == "suspended":
        by = ", ".join(body.get("suspenders") or ()) or "somebody"
        yield Finding(
            rule="service-runs",
            status=Status.WARN,
            message=f"{body['name']} is suspended, by: {by}",
            path=f"render service {body['name']}",
            why="it answers nothing until it is resumed; what is applied waits for that",
            hint="pay the bill if it was billing, then resume it in Render's dashboard",
            see=body.get("dashboardUrl", ""),
        )


def _resource(kind: str, key: str, fields: Mapping[str, Any], *, id_: str = "") -> Resource:
    return Resource(vendor="render", kind=kind, key=key, id=id_, fields=fields, is_ours=False)


def _compared(declared: str, actual: str, *, lookup: Lookup) -> str:
    if is_reference(declared) or declared == GENERATED:
        return declared
    if not names_in(declared):
        return declared if declared == actual else HIDDEN
    return seen(declared, actual, lookup=lookup)


def _trigger(body: Body) -> str:
    """`autoDeployTrigger`, or what the older yes and no stand for."""
    usual = "off" if body.get("autoDeploy") == "no" else "commit"
    return str(body.get("autoDeployTrigger") or usual)


def _percentage(criterion: Body | None) -> int | None:
    if not criterion or not criterion.get("enabled"):
        return None
    return criterion.get("percentage")
