"""Render's JSON for what a workspace holds.

Source: the schemas of Render's API description, https://api-docs.render.com (read 2026-11).
"""

from datetime import datetime
from typing import Any

from keepwell.rehearsal.simulators.render.things import (
    Deploy,
    Domain,
    Event,
    Group,
    Service,
    Store,
    Sync,
)
from keepwell.rehearsal.simulators.render.world import OWNER, World

_LINKED = {
    "web_service": "web",
    "background_worker": "worker",
    "private_service": "pserv",
    "cron_job": "cron",
}
"""Links of environment groups spell types as Blueprints do."""


def moment(at: datetime) -> str:
    """A time as Render writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.000000Z"


def service(each: Service) -> dict[str, Any]:
    """What the schema `service` says."""
    filtered = each.fields.get("buildFilter")
    return {
        "id": each.id,
        "name": each.name,
        "ownerId": OWNER["id"],
        "type": each.type,
        "createdAt": moment(each.created_at),
        "updatedAt": moment(each.created_at),
        "dashboardUrl": f"https://dashboard.render.com/web/{each.id}",
        "suspended": "suspended" if each.suspenders else "not_suspended",
        "suspenders": each.suspenders,
        "autoDeploy": "no" if each.fields.get("autoDeployTrigger") == "off" else "yes",
        "autoDeployTrigger": each.fields.get("autoDeployTrigger", "commit"),
        "branch": each.fields.get("branch", "main"),
        "repo": each.fields.get("repo", ""),
        "notifyOnFail": "default",
        "slug": each.name,
        "rootDir": each.fields.get("rootDir", ""),
        "serviceDetails": _details(each),
        **({"buildFilter": {"paths": [], "ignoredPaths": [], **filtered}} if filtered else {}),
    }


def _details(each: Service) -> dict[str, Any]:
    details = {
        "env": each.details["runtime"],
        "runtime": each.details["runtime"],
        "envSpecificDetails": _specific(each.details),
        "plan": each.details["plan"],
        "region": each.details["region"],
        "buildPlan": "starter",
    }
    if each.type == "cron_job":
        return details | {"schedule": each.details["schedule"]}
    details |= {
        "numInstances": each.details["numInstances"],
        "maxShutdownDelaySeconds": each.details.get("maxShutdownDelaySeconds", 30),
        "previews": {"generation": "off", **each.details.get("previews", {})},
        **({"autoscaling": each.autoscaling} if each.autoscaling is not None else {}),
    }
    return details | _inbound(each)


def _inbound(each: Service) -> dict[str, Any]:
    """What only services have that are called."""
    if each.type == "background_worker":
        return {}
    ports = {"openPorts": [{"port": 10000, "protocol": "TCP"}]}
    if each.type == "private_service":
        return {**ports, "url": f"{each.name}:10000"}
    mode = each.details.get("maintenanceMode")
    return {
        **ports,
        "url": f"https://{each.name}.onrender.com",
        "healthCheckPath": each.details.get("healthCheckPath", ""),
        "renderSubdomainPolicy": each.details.get("renderSubdomainPolicy", "enabled"),
        **({"maintenanceMode": mode} if mode else {}),
    }


def _specific(details: dict[str, Any]) -> dict[str, Any]:
    before = {name: details[name] for name in ("preDeployCommand",) if name in details}
    if details["runtime"] in ("docker", "image"):
        return before | {
            "dockerCommand": details.get("dockerCommand", ""),
            "dockerContext": details.get("dockerContext", "."),
            "dockerfilePath": details.get("dockerfilePath", "./Dockerfile"),
        }
    return before | {
        "buildCommand": details.get("buildCommand", ""),
        "startCommand": details.get("startCommand", ""),
    }


def preview_of(each: Service) -> dict[str, Any]:
    """A preview of a service, as lists hold it unless told not to."""
    shape = service(each)
    shape["id"] = f"srv-{each.id[-19:]}p"
    shape["name"] = f"{each.name} PR #7"
    shape["serviceDetails"]["parentServer"] = {"id": each.id, "name": each.name}
    return shape


def variables(env_vars: dict[str, str]) -> list[dict[str, str]]:
    """What the schema `envVar` says, of each."""
    return [{"key": key, "value": value} for key, value in env_vars.items()]


def domain(each: Domain) -> dict[str, Any]:
    """What the schema `customDomain` says."""
    suffix = ".".join(each.name.split(".")[-2:])
    return {
        "id": each.id,
        "name": each.name,
        "domainType": "apex" if each.name == suffix else "subdomain",
        "publicSuffix": suffix.rpartition(".")[2],
        "redirectForName": each.redirect_for,
        "verificationStatus": "verified" if each.verified else "unverified",
        "createdAt": moment(each.created_at),
    }


def group_meta(each: Group, world: World) -> dict[str, Any]:
    """What the schema `envGroupMeta` says: no variables."""
    links = [
        {"id": id, "name": world.services[id].name, "type": _LINKED[world.services[id].type]}
        for id in sorted(each.services)  # noqa: A001 - Render's word
    ]
    return {
        "id": each.id,
        "name": each.name,
        "ownerId": OWNER["id"],
        "createdAt": moment(each.created_at),
        "updatedAt": moment(each.created_at),
        "serviceLinks": links,
    }


def group(each: Group, world: World) -> dict[str, Any]:
    """What the schema `envGroup` says."""
    held = {"envVars": variables(each.env_vars), "secretFiles": []}
    return group_meta(each, world) | held


def store_details(each: Store) -> dict[str, Any]:
    """What the schema `keyValueDetail` says."""
    return {
        "id": each.id,
        "name": each.name,
        "createdAt": moment(each.created_at),
        "updatedAt": moment(each.created_at),
        "status": "available",
        "region": each.fields["region"],
        "plan": each.fields["plan"],
        "owner": OWNER,
        "options": {"maxmemoryPolicy": each.fields["maxmemory_policy"]},
        "ipAllowList": each.fields["ipAllowList"],
        "version": "8.1.4",
    }


def store(each: Store) -> dict[str, Any]:
    """What the schema `keyValue` says."""
    return store_details(each) | {"dashboardUrl": f"https://dashboard.render.com/r/{each.id}"}


def deploy(each: Deploy) -> dict[str, Any]:
    """What the schema `deploy` says."""
    shape: dict[str, Any] = {
        "id": each.id,
        "status": each.status,
        "trigger": each.trigger,
        "createdAt": moment(each.created_at),
        "updatedAt": moment(each.created_at),
    }
    for name, at in (("startedAt", each.begun_at), ("finishedAt", each.ended_at)):
        if at is not None:
            shape |= {name: moment(at), "updatedAt": moment(at)}
    if each.commit is not None:
        shape["commit"] = {
            "id": each.commit,
            "message": "a commit",
            "createdAt": moment(each.created_at),
        }
    return shape


def sync(each: Sync) -> dict[str, Any]:
    """What the schema `sync` says."""
    return {
        "id": each.id,
        "commit": {"id": each.commit},
        "startedAt": moment(each.started_at),
        "completedAt": moment(each.started_at),
        "state": each.state,
    }


def event(each: Event) -> dict[str, Any]:
    """What the schema `serviceEvent` says."""
    return {
        "id": each.id,
        "timestamp": moment(each.at),
        "serviceId": each.service,
        "type": each.type,
        "details": each.details,
    }


def resources(world: World) -> list[dict[str, str]]:
    """What a Blueprint manages."""
    held = [(each.id, each.name, each.type) for each in world.services.values()]
    held += [(each.id, each.name, "key_value") for each in world.stores.values()]
    held += [(each.id, each.name, "environment_group") for each in world.groups.values()]
    return [{"id": id, "name": name, "type": type_} for id, name, type_ in held]  # noqa: A001
