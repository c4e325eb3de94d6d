"""What Render's next sync of the Blueprint will not do, and what it will do unasked."""

from collections.abc import Iterator, Mapping, Sequence

from keepwell.decisions._blueprint import Node, blueprint, groups, services, variables
from keepwell.model.document import Document
from keepwell.model.resource import Observation, Resource
from keepwell.model.verdict import Finding, Status

RULE = "next-sync"
SEE = "https://render.com/docs/blueprint-spec"


def sync_notes(documents: Sequence[Document], observation: Observation) -> tuple[Finding, ...]:
    """Where a sync of render.yaml and what somebody would expect of it part.

    `observation` is Render's, of the resources that the same documents desire.

    Source: https://render.com/docs/blueprint-spec (read 2026-11).
    """
    parsed = blueprint(documents)
    observed = {each.address: each for each in observation.resources}
    return (
        *(note for each in services(parsed) for note in _of_service(each, observed)),
        *(note for each in groups(parsed) for note in _left(each, observed, kind="env-group")),
    )


def redeploy_notes(names: Sequence[str]) -> tuple[Finding, ...]:
    """That the services named run with their former variables until they are deployed.

    Source: https://github.com/render-oss/terraform-provider-render, which starts a deploy itself
    (read 2026-11).
    """
    return tuple(
        Finding(
            rule="redeploy",
            status=Status.WARN,
            message=f"{name} runs with its former variables until its next deploy",
            path=f"render service {name}",
            why="Render's API sets variables and starts no deploy",
            hint=f"deploy {name}",
            see=SEE,
        )
        for name in names
    )


def _of_service(service: Node, observed: Mapping[str, Resource]) -> Iterator[Finding]:
    yield from _unasked(service, observed)
    yield from _left(service, observed, kind="service")
    found = observed.get(f"render service {service['name']}")
    if found and found.fields.get("build_filter") and "buildFilter" not in service:
        yield _note(
            f"the next sync clears the build filter of {service['name']}",
            path=found.address,
            why="a sync replaces the filter wholesale, with nothing where the file has none",
            hint="declare build_filter in the stack to keep it",
        )


def _unasked(service: Node, observed: Mapping[str, Resource]) -> Iterator[Finding]:
    name = service["name"]
    keys = [
        each["key"]
        for each in variables(service)
        if each.get("sync") is False and f"render env-var {name}/{each['key']}" not in observed
    ]
    if keys:
        yield _note(
            f"no sync sets {', '.join(keys)} of {name}",
            path=f"render service {name}",
            why="Render asks for `sync: false` values once, when the Blueprint is created",
            hint="apply sets them from the environment",
        )


def _left(holder: Node, observed: Mapping[str, Resource], *, kind: str) -> Iterator[Finding]:
    name, named = holder["name"], {each["key"] for each in variables(holder)}
    prefix = f"render {'env-var' if kind == 'service' else 'env-group-var'} {name}/"
    keys = sorted(
        key
        for address in observed
        if address.startswith(prefix) and (key := address.removeprefix(prefix)) not in named
    )
    if keys:
        yield _note(
            f"no sync removes {', '.join(keys)} of {name}",
            path=f"render {kind} {name}",
            why="the file does not name them, and a sync keeps variables that it does not name",
            hint="remove them in Render's dashboard, or declare them",
        )


def _note(message: str, *, path: str, why: str, hint: str) -> Finding:
    return Finding(
        rule=RULE, status=Status.WARN, message=message, path=path, why=why, hint=hint, see=SEE
    )
