"""What a sync makes of a render.yaml: what it creates, updates, leaves and forgets.

Source: https://render.com/docs/blueprint-spec and https://render.com/docs/infrastructure-as-code
(read 2026-11): `sync: false` is asked for once, when the Blueprint is created, and ignored by later
syncs; what the file no longer names stays, but for the build filter; autoscaling and domains come
from the file. That a sync leaves out services of the plan "starter plus" without a word is a report
from the field.
"""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from keepwell.rehearsal.simulators.render.ids import make_id
from keepwell.rehearsal.simulators.render.things import Group, Service, Store, Sync
from keepwell.rehearsal.simulators.render.world import World

SERVICE_TYPES = {
    "web": "web_service",
    "worker": "background_worker",
    "pserv": "private_service",
    "cron": "cron_job",
}
STORE_TYPES = ("keyvalue", "redis")
_KEPT = ("healthCheckPath", "maxShutdownDelaySeconds", "renderSubdomainPolicy", "preDeployCommand")
_SPECIFIC = (
    *("dockerCommand", "dockerContext", "dockerfilePath"),
    *("buildCommand", "startCommand", "staticPublishPath", "schedule", "previews"),
)


class _Text(yaml.SafeLoader):
    """YAML as Render reads it: `off` is a word."""


_Text.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Workspace(World):
    """A workspace whose Blueprint follows a branch."""

    def sync(self, text: str, *, commit: str = "0" * 40) -> None:
        """Does what a push of this file to the linked branch does.

        A file that Render refuses changes nothing: the sync is there, with its error.
        """
        error = self._refusal(text)
        if not error:
            content = parse(text)
            _apply(self, content, self._wanted(content), commit=commit)
        made = Sync(
            id=make_id("exe", len(self.syncs)),
            commit=commit,
            started_at=self.clock.now(),
            state="error" if error else "success",
            error=error,
        )
        self.syncs.insert(0, made)

    def _refusal(self, text: str) -> str:
        try:
            content = parse(text)
        except yaml.YAMLError as error:
            return f"not YAML: {error}"
        return next(_errors(self, content, self._wanted(content)), "")

    def _wanted(self, content: Any) -> list[Any]:
        return [each for each in content.get("services", []) if not self._is_dropped(each)]

    def _is_dropped(self, wanted: Mapping[str, Any]) -> bool:
        return wanted["name"] in self.drops or wanted.get("plan") == "starter plus"


def parse(text: str) -> Any:
    """A render.yaml as Render reads it. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Text)  # noqa: S506 - a SafeLoader


def _errors(world: World, content: Any, wanted: list[Any]) -> Iterator[str]:
    known = {each["name"] for each in (*content.get("services", []), *_groups(content))}
    known |= {each.name for each in world.services.values()}
    known |= {each.name for each in world.stores.values()}
    known |= {each.name for each in world.groups.values()}
    for each in wanted:
        if each["type"] not in (*SERVICE_TYPES, *STORE_TYPES):
            yield f"{each['name']}: the type is not known"
        if each.get("renderSubdomainPolicy") == "disabled" and not _hosts(each):
            yield f"{each['name']}: the subdomain cannot be disabled without a custom domain"
        standing = world.services.get(make_id("srv", each["name"]))
        if standing and standing.details["region"] != each.get("region", "oregon"):
            yield f"{each['name']}: the region cannot be changed"
        for name in _references(each):
            if name not in known:
                yield f"{each['name']}: there is no {name}"


def _references(wanted: Mapping[str, Any]) -> Iterator[str]:
    for variable in wanted.get("envVars", []):
        if "fromGroup" in variable:
            yield variable["fromGroup"]
        elif "fromService" in variable:
            yield variable["fromService"]["name"]


def _groups(content: Any) -> list[Any]:
    return [*content.get("envVarGroups", [])]


def _apply(world: World, content: Any, wanted: list[Any], *, commit: str) -> None:
    for each in wanted:
        if each["type"] in STORE_TYPES:
            _sync_store(world, each)
    for group in _groups(content):
        _sync_group(world, group)
    services = [each for each in wanted if each["type"] in SERVICE_TYPES]
    made = [_sync_service(world, each) for each in services]
    for service, each in zip(made, services, strict=True):
        for variable in each.get("envVars", []):
            _sync_variable(world, service, variable)
        world.add_deploy(service, commit=commit, trigger="blueprint_sync")


def _sync_store(world: World, wanted: Mapping[str, Any]) -> None:
    fields = {"region": wanted.get("region", "oregon"), "plan": "starter", "ipAllowList": []}
    id = make_id("red", wanted["name"])  # noqa: A001 - Render's word
    made = Store(id=id, name=wanted["name"], created_at=world.clock.now(), fields=fields)
    store = world.stores.setdefault(id, made)
    if "plan" in wanted:
        store.fields["plan"] = wanted["plan"].replace(" ", "_")
    policy = wanted.get("maxmemoryPolicy", "allkeys-lru")
    store.fields["maxmemory_policy"] = policy.replace("-", "_")
    store.fields["ipAllowList"] = [
        {"cidrBlock": each["source"], "description": each.get("description", "")}
        for each in wanted["ipAllowList"]
    ]


def _sync_group(world: World, wanted: Mapping[str, Any]) -> None:
    id = make_id("evg", wanted["name"])  # noqa: A001 - Render's word
    made = Group(id=id, name=wanted["name"], created_at=world.clock.now())
    _set_plain(world.groups.setdefault(id, made).env_vars, wanted["envVars"])


def _set_plain(env_vars: dict[str, str], wanted: list[Mapping[str, Any]]) -> None:
    """Sets the variables that say what they are; those of `sync: false` do not."""
    for each in wanted:
        if "value" in each:
            env_vars[each["key"]] = str(each["value"])
        elif each.get("generateValue") in (True, "true"):
            env_vars.setdefault(each["key"], secrets.token_urlsafe(32))


def _sync_service(world: World, wanted: Mapping[str, Any]) -> Service:
    id = make_id("srv", wanted["name"])  # noqa: A001 - Render's word
    if id not in world.services:
        world.services[id] = _new_service(world, id, wanted)
    service = world.services[id]
    if "plan" in wanted:
        service.details["plan"] = wanted["plan"].replace(" ", "_")
    service.details |= {name: wanted[name] for name in (*_KEPT, *_SPECIFIC) if name in wanted}
    if "autoDeployTrigger" in wanted:
        service.fields["autoDeployTrigger"] = wanted["autoDeployTrigger"]
    service.fields["buildFilter"] = wanted.get("buildFilter")
    if scaling := wanted.get("scaling"):
        service.autoscaling = _autoscaling(scaling)
    elif "numInstances" in wanted:
        service.details["numInstances"] = wanted["numInstances"]
    for host in _hosts(wanted):
        world.add_domains(service, host)
    return service


def _hosts(wanted: Mapping[str, Any]) -> list[str]:
    return [*wanted.get("domains", []), *([wanted["domain"]] if "domain" in wanted else [])]


def _new_service(world: World, id: str, wanted: Mapping[str, Any]) -> Service:  # noqa: A002
    return Service(
        id=id,
        name=wanted["name"],
        type=SERVICE_TYPES[wanted["type"]],
        created_at=world.clock.now(),
        fields={"repo": wanted.get("repo", ""), "branch": wanted.get("branch", "main")},
        details={
            "region": wanted.get("region", "oregon"),
            "numInstances": 1,
            "plan": "starter",
            "runtime": wanted["runtime"],
        },
    )


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
    elif "fromService" in wanted:
        service.env_vars[wanted["key"]] = _referred(world, wanted["fromService"])
    else:
        _set_plain(service.env_vars, [wanted])


def _referred(world: World, source: Mapping[str, Any]) -> str:
    if source["type"] in STORE_TYPES:
        return f"redis://{world.store(source['name']).id}:6379"
    service = world.service(source["name"])
    if "envVarKey" in source:
        return service.env_vars.get(source["envVarKey"], "")
    known = {"host": service.name, "port": "10000", "hostport": f"{service.name}:10000"}
    return known[source["property"]]
