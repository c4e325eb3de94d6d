"""Rules between fields of services that Render's schema cannot say, judged on the stack.

`_render_numbers` lists all of them, and which policy judges each; `render_blueprint` judges those
that show in the generated Blueprint only.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from keepwell.model.stack import Stack
from keepwell.model.stack.compute import EnvVar
from keepwell.model.verdict import Finding
from keepwell.policies._rule import Rule

RULE = Rule(name="render_rules", see="https://render.com/docs/blueprint-spec")

Seen = Iterator[tuple[str, str]]
"""(path, message) of each place that breaks a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rule: who breaks it, how bad it is, and what to do."""

    broken_by: Callable[[Stack], Seen]
    judged: Callable[..., Finding] = RULE.fails
    why: str
    hint: str
    see: str = RULE.see


class RenderRules:
    """Fields of services agree with each other as Render demands."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """R5 to R7, R13, R15, R16, R18 and R22 of the rules that the JSON Schema cannot say.

        Disks and zero downtime, what the free plan lacks, previews of a fixed branch, allow-lists,
        what an env group can hold, references to nothing, fields without effect.
        """
        found = [
            row.judged(f"{message} ({number})", path=path, why=row.why, hint=row.hint, see=row.see)
            for number, row in RULES.items()
            for path, message in row.broken_by(stack)
        ]
        return found or [RULE.passes(f"{', '.join(RULES)} hold", path="render.services")]


def _disk(stack: Stack) -> Seen:
    for key, service in stack.render.services.items():
        if service.disk is not None:
            yield f"render.services.{key}.disk", f"{key} has a disk"


def _pre_deploy(stack: Stack) -> Seen:
    for key, service in stack.render.services.items():
        if service.pre_deploy_command is not None and service.type == "cron":
            yield f"render.services.{key}.pre_deploy_command", f"{key} is a cron job"
        elif service.pre_deploy_command is not None and service.plan == "free":
            yield f"render.services.{key}.pre_deploy_command", f"{key} is on the free plan"


def _free(stack: Stack) -> Seen:
    for key, service in stack.render.services.items():
        if service.plan == "free" and service.disk is not None:
            yield f"render.services.{key}.disk", f"{key} is on the free plan and has a disk"
        if service.plan == "free" and (service.instances or 1) > 1:
            path = f"render.services.{key}.instances"
            yield path, f"{key} is on the free plan and wants {service.instances} instances"


def _previewed_branch(stack: Stack) -> Seen:
    for key, service in stack.render.services.items():
        previewed = service.previews is not None and service.previews.generation != "off"
        if previewed and service.branch is not None:
            yield f"render.services.{key}.branch", f"{key} is previewed, with branch set"


def _allow_list(stack: Stack) -> Seen:
    for key, service in stack.render.services.items():
        if service.ip_allow_list is not None and stack.render.workspace_plan in {"hobby", "pro"}:
            path = f"render.services.{key}.ip_allow_list"
            yield path, f"{key} has an allow-list in a {stack.render.workspace_plan} workspace"


def _group_references(stack: Stack) -> Seen:
    for group, variables in stack.render.env_groups.items():
        for name, variable in variables.items():
            if variable.value is None and variable.generate is None:
                path = f"render.env_groups.{group}.{name}"
                yield path, f"{name} of the group {group} is a reference"


def _dangling(stack: Stack) -> Seen:
    for key, service in stack.render.services.items():
        path = f"render.services.{key}"
        for index, group in enumerate(service.env_groups):
            if group not in stack.render.env_groups:
                near = _near(group, stack.render.env_groups)
                yield f"{path}.env_groups.{index}", f"{key} refers to no env group: {group}{near}"
        for name, variable in service.env.items():
            problem = _unresolved(stack, variable)
            if problem is not None:
                yield f"{path}.env.{name}", f"{name} of {key} refers to {problem}"


def _unresolved(stack: Stack, variable: EnvVar) -> str | None:
    if variable.key_value is not None and variable.key_value not in stack.render.key_values:
        near = _near(variable.key_value, stack.render.key_values)
        return f"a Key Value instance that is not declared: {variable.key_value}{near}"
    if variable.service is None:
        return None
    service = stack.render.services.get(variable.service)
    if service is None:
        near = _near(variable.service, stack.render.services)
        return f"a service that is not declared: {variable.service}{near}"
    if variable.property == "connectionString" or service.type not in {"web", "pserv"}:
        return f"{variable.property} of {variable.service}, which a {service.type} has not"
    return None


def _near(name: str, known: Mapping[str, object]) -> str:
    nearest = get_close_matches(name, known, n=1)
    return f" (is it {nearest[0]}?)" if nearest else ""


def _without_effect(stack: Stack) -> Seen:
    for key, service in stack.render.services.items():
        if service.type == "web":
            continue
        for field in ("health_check_path", "domains", "render_subdomain"):
            if getattr(service, field):
                yield f"render.services.{key}.{field}", f"{key} is a {service.type} with {field}"


RULES: Mapping[str, Row] = {
    "R5": Row(
        broken_by=_disk,
        judged=RULE.warns,
        why="Render stops the old instance before it starts the new one: each deploy is an outage",
        hint="Keep files in object storage",
        see="https://render.com/docs/deploys",
    ),
    "R6": Row(
        broken_by=_pre_deploy,
        why="Render runs pre-deploy commands for paid web services, private services and workers",
        hint="Take a paid plan, or run the command elsewhere",
        see="https://render.com/docs/deploys",
    ),
    "R7": Row(
        broken_by=_free,
        why="the free plan has one instance and no disk, and a sync fails",
        hint="Take a paid plan, or remove it",
        see="https://render.com/docs/free",
    ),
    "R13": Row(
        broken_by=_previewed_branch,
        judged=RULE.warns,
        why="a preview then builds that branch, not the one of the pull request",
        hint="Remove `branch`",
        see="https://render.com/docs/preview-environments",
    ),
    "R15": Row(
        broken_by=_allow_list,
        why="Render has allow-lists for services in Scale and Enterprise workspaces only",
        hint="Restrict by the firewall of the edge instead",
    ),
    "R16": Row(
        broken_by=_group_references,
        why="groups hold plain and generated values; Render ignores the rest without a word",
        hint="Move it to the `env` of each service",
    ),
    "R18": Row(
        broken_by=_dangling,
        why="a sync fails on a reference to nothing",
        hint="Declare it, or correct the name",
    ),
    "R22": Row(
        broken_by=_without_effect,
        judged=RULE.warns,
        why="only web services have it, and Render ignores it without a word",
        hint="Remove it",
    ),
}
