"""Render's JSON for what a workspace holds.

Source: the schemas of Render's API description, https://api-docs.render.com (read 2026-11).
"""

from datetime import datetime
from typing import Any

from keepwell.rehearsal.simulators.render.world import (
    OWNER,
    Deploy,
    Domain,
    Group,
    Service,
    Store,
    Sync,
    World,
)


def moment(at: datetime) -> str:
    """A time as Render writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.000000Z"


def service(each: Service) -> dict[str, Any]:
    """What the schema `service` says."""
    is_web = each.type == "web_service"
    docker = {
        "dockerCommand": each.details.get("dockerCommand", ""),
        "dockerContext": ".",
        "dockerfilePath": each.details.get("dockerfilePath", "./Dockerfile"),
    }
    details = {
        "env": each.details["runtime"],
        "runtime": each.details["runtime"],
        "envSpecificDetails": docker,
        "plan": each.details["plan"],
        "region": each.details["region"],
        "numInstances": each.details["numInstances"],
        "buildPlan": "starter",
        "maxShutdownDelaySeconds": each.details.get("maxShutdownDelaySeconds", 30),
        "previews": {"generation": "off"},
    }
    if each.autoscaling is not None:
        details["autoscaling"] = each.autoscaling
    if is_web:
        details |= {
            "healthCheckPath": each.details.get("healthCheckPath", ""),
            "openPorts": [{"port": 10000, "protocol": "TCP"}],
            "url": f"https://{each.name}.onrender.com",
            "renderSubdomainPolicy": each.details.get("renderSubdomainPolicy", "enabled"),
        }
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
        "rootDir": "",
        "serviceDetails": details,
        **({"buildFilter": each.fields["buildFilter"]} if each.fields.get("buildFilter") else {}),
    }


def preview_of(each: Service) -> dict[str, Any]:
    """A preview of a service, as lists hold it unless told not to."""
    shape = service(each)
    shape["id"] = f"srv-{each.id[-19:]}p"
    shape["name"] = f"{each.name} PR #7"
    shape["serviceDetails"]["parentServer"] = {"id": each.id, "name": each.name}
    return shape


def variable(pair: tuple[str, str]) -> dict[str, Any]:
    """What the schema `envVar` says."""
    return {"key": pair[0], "value": pair[1]}


def domain(each: Domain) -> dict[str, Any]:
    """What the schema `customDomain` says."""
    suffix = ".".join(each.name.split(".")[-2:])
    return {
        "id": each.id,
        "name": each.name,
        "domainType": "apex" if each.name == suffix else "subdomain",
        "publicSuffix": suffix.rpartition(".")[2],
        "redirectForName": "",
        "verificationStatus": "verified" if each.verified else "unverified",
        "createdAt": moment(each.created_at),
    }


def group(each: Group, world: World) -> dict[str, Any]:
    """What the schema `envGroup` says."""
    links = [
        {"id": id, "name": world.services[id].name, "type": world.services[id].type}
        for id in sorted(each.services)  # noqa: A001 - Render's word
    ]
    return {
        "id": each.id,
        "name": each.name,
        "ownerId": OWNER["id"],
        "createdAt": moment(each.created_at),
        "updatedAt": moment(each.created_at),
        "serviceLinks": links,
        "envVars": [variable(pair) for pair in each.env_vars.items()],
        "secretFiles": [],
    }


def store(each: Store) -> dict[str, Any]:
    """What the schema `keyValue` says."""
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
        "ipAllowList": [],
        "version": "8.1.4",
        "dashboardUrl": f"https://dashboard.render.com/r/{each.id}",
    }


def deploy(each: Deploy) -> dict[str, Any]:
    """What the schema `deploy` says."""
    shape: dict[str, Any] = {
        "id": each.id,
        "status": each.status,
        "trigger": each.trigger,
        "createdAt": moment(each.created_at),
        "updatedAt": moment(each.created_at),
    }
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
