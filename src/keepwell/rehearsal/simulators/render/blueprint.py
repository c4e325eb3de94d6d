"""What a sync makes of a render.yaml: what it creates, updates, leaves and forgets.

Source: https://render.com/docs/blueprint-spec and https://render.com/docs/infrastructure-as-code
(read 2026-11): `sync: false` is asked for once, when the Blueprint is created, and ignored by later
syncs; what the file no longer names stays; autoscaling and domains come from the file.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from keepwell.rehearsal.simulators.render.ids import make_id
from keepwell.rehearsal.simulators.render.world import Group, Service, Store, Sync, World

_TYPES = {"web": "web_service", "worker": "background_worker", "pserv": "private_service"}
_CONNECTION = "redis://red-simulated:6379"


class _Text(yaml.SafeLoader):
    """YAML as Render reads it: `off` is a word."""


_Text.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def sync(world: World, text: str, *, commit: str = "0" * 40) -> None:
    """Does what a push of this file to the linked branch does."""
    content = yaml.load(text, Loader=_Text)  # noqa: S506 - a SafeLoader
    wanted = [each for each in content.get("services", []) if each["name"] not in world.drops]
    for each in wanted:
        if each["type"] in ("keyvalue", "redis"):
            _sync_store(world, each)
    for group in content.get("envVarGroups", []):
        _sync_group(world, group)
    for each in wanted:
        if each["type"] in _TYPES:
            _sync_service(world, each)
    world.syncs.insert(
        0,
        Sync(id=make_id("exe", len(world.syncs)), commit=commit, started_at=world.clock.now()),
    )


def _sync_store(world: World, wanted: Mapping[str, Any]) -> None:
    fields = {
        "region": wanted.get("region", "oregon"),
        "plan": wanted.get("plan", "starter"),
        "maxmemory_policy": wanted.get("maxmemoryPolicy", "allkeys-lru").replace("-", "_"),
    }
    id = make_id("red", wanted["name"])  # noqa: A001 - Render's word
    made = Store(id=id, name=wanted["name"], created_at=world.clock.now(), fields=fields)
    world.stores.setdefault(id, made).fields |= fields


def _sync_group(world: World, wanted: Mapping[str, Any]) -> None:
    id = make_id("evg", wanted["name"])  # noqa: A001 - Render's word
    made = Group(id=id, name=wanted["name"], created_at=world.clock.now())
    group = world.groups.setdefault(id, made)
    for each in wanted["envVars"]:
        group.env_vars[each["key"]] = str(each["value"])


def _sync_service(world: World, wanted: Mapping[str, Any]) -> None:
    id = make_id("srv", wanted["name"])  # noqa: A001 - Render's word
    if id not in world.services:
        world.services[id] = _new_service(world, id, wanted)
    service = world.services[id]
    service.details |= _details(wanted)
    service.fields["autoDeployTrigger"] = wanted.get("autoDeployTrigger", "commit")
    service.fields["buildFilter"] = wanted.get("buildFilter")
    if scaling := wanted.get("scaling"):
        service.autoscaling = _autoscaling(scaling)
    for each in wanted.get("envVars", []):
        _sync_variable(world, service, each)
    for host in wanted.get("domains", []):
        world.add_domain(service, host)
    world.add_deploy(service, commit="0" * 40, trigger="blueprint_sync")


def _new_service(world: World, id: str, wanted: Mapping[str, Any]) -> Service:  # noqa: A002
    return Service(
        id=id,
        name=wanted["name"],
        type=_TYPES[wanted["type"]],
        created_at=world.clock.now(),
        fields={"repo": wanted.get("repo", ""), "branch": wanted.get("branch", "main")},
        details={
            "region": wanted.get("region", "oregon"),
            "numInstances": 1,
            "plan": "starter",
            "runtime": wanted["runtime"],
        },
    )


def _details(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What a sync sets; what the file leaves out keeps its value, but for the health check path."""
    details: dict[str, Any] = {"healthCheckPath": wanted.get("healthCheckPath", "")}
    if "plan" in wanted:
        details["plan"] = wanted["plan"].replace(" ", "_")
    for name in ("numInstances", "maxShutdownDelaySeconds", "renderSubdomainPolicy"):
        if name in wanted:
            details[name] = wanted[name]
    details["dockerCommand"] = wanted.get("dockerCommand", "")
    details["dockerfilePath"] = wanted.get("dockerfilePath", "./Dockerfile")
    return details


def _autoscaling(scaling: Mapping[str, Any]) -> dict[str, Any]:
    cpu, memory = scaling.get("targetCPUPercent"), scaling.get("targetMemoryPercent")
    return {
        "enabled": cpu is not None or memory is not None,
        "min": scaling["minInstances"],
        "max": scaling["maxInstances"],
        "criteria": {
            "cpu": {"enabled": cpu is not None, "percentage": cpu or 0},
            "memory": {"enabled": memory is not None, "percentage": memory or 0},
        },
    }


def _sync_variable(world: World, service: Service, wanted: Mapping[str, Any]) -> None:
    if "fromGroup" in wanted:
        world.group(wanted["fromGroup"]).services.add(service.id)
    elif "value" in wanted:
        service.env_vars[wanted["key"]] = str(wanted["value"])
    elif "fromService" in wanted:
        service.env_vars[wanted["key"]] = _CONNECTION
    elif wanted.get("generateValue"):
        service.env_vars.setdefault(wanted["key"], "generated")
