"""Render's JSON as resources. Nothing here calls, and no variable's value is kept.

What an answer lacks is empty, and a word that is new is taken as it comes: Render adds both.
Source: https://api-docs.render.com/reference (read 2026-11).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from keepwell.decisions.desired_render import GENERATED, is_reference
from keepwell.decisions.render_plans import plan_name
from keepwell.model.resource import Resource
from keepwell.model.secret import HIDDEN, Lookup, names_in, seen
from keepwell.model.verdict import Finding, Status

Body = Mapping[str, Any]


def service(body: Body) -> Resource:
    """A service."""
    details = body.get("serviceDetails") or {}
    scaling = details.get("autoscaling") or {}
    return Resource(
        vendor="render",
        kind="service",
        key=body["name"],
        id=body["id"],
        fields={
            "type": body.get("type", ""),
            "region": details.get("region", ""),
            "plan": plan_name(details.get("plan") or ""),
            "health_check_path": details.get("healthCheckPath", ""),
            "auto_deploy_trigger": _trigger(body),
            "max_shutdown_delay_s": details.get("maxShutdownDelaySeconds"),
            "instances": None if scaling.get("enabled") else details.get("numInstances"),
            "build_filter": body.get("buildFilter") or {},
        },
    )


def scaling(body: Body) -> Resource | None:
    """How a service scales by itself; None where it never did."""
    found = (body.get("serviceDetails") or {}).get("autoscaling")
    if not found:
        return None
    criteria = found.get("criteria") or {}
    return Resource(
        vendor="render",
        kind="scaling",
        key=body["name"],
        id=body["id"],
        fields={
            "enabled": found.get("enabled", False),
            "min": found.get("min"),
            "max": found.get("max"),
            "cpu": _percentage(criteria.get("cpu")),
            "memory": _percentage(criteria.get("memory")),
        },
    )


def subdomain_policy(body: Body) -> Resource:
    """Whether a service answers at its onrender.com name."""
    details = body.get("serviceDetails") or {}
    return Resource(
        vendor="render",
        kind="subdomain-policy",
        key=body["name"],
        id=body["id"],
        fields={"policy": details.get("renderSubdomainPolicy", "enabled")},
    )


def domain(body: Body, *, service: Body) -> Resource:
    """A custom domain of a service."""
    return Resource(
        vendor="render",
        kind="custom-domain",
        key=f"{service['name']}/{body['name']}",
        id=service["id"],
        fields={"verified": body.get("verificationStatus") == "verified"},
        is_ours=False,
    )


def key_value(body: Body) -> Resource:
    """A key-value store."""
    options = body.get("options") or {}
    return Resource(
        vendor="render",
        kind="key-value",
        key=body["name"],
        id=body["id"],
        fields={
            "region": body.get("region", ""),
            "plan": plan_name(body.get("plan") or "", is_key_value=True),
            "maxmemory_policy": options.get("maxmemoryPolicy", "").replace("-", "_"),
            "ip_allow_list": sorted(each["cidrBlock"] for each in body.get("ipAllowList") or ()),
        },
    )


def group(body: Body) -> Resource:
    """An environment group, with the services that it is linked to."""
    names = sorted(each.get("name") or each["id"] for each in body.get("serviceLinks") or ())
    return Resource(
        vendor="render",
        kind="env-group",
        key=body["name"],
        id=body["id"],
        fields={"services": names},
    )


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
        yield Resource(
            vendor="render", kind=kind, key=key, id=holder["id"], fields=fields, is_ours=False
        )


def uncompared(found: Sequence[Resource], *, lookup: Lookup) -> list[str]:
    """The secrets that could not be compared, because their values are not at hand."""
    return [name for each in found for name in names_in(dict(each.fields)) if lookup(name) is None]


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
