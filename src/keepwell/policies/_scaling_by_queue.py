"""Whether a number of instances that follows a queue can do so; part of the policy `scaling`."""

from collections.abc import Iterator

from keepwell.model.stack import Stack
from keepwell.model.stack.compute import ScaleByQueue, Service
from keepwell.model.verdict import Finding
from keepwell.policies._relations import variables
from keepwell.policies._rule import Rule

_RULE = Rule(name="scaling", see="https://render.com/docs/scaling")
_NEEDS = ("REDIS_URL", "RENDER_API_KEY")


def by_queue(stack: Stack, *, key: str) -> Iterator[Finding]:
    """What is wrong with `scale_by_queue` of a service; nothing where it has none."""
    service = stack.render.services[key]
    declared, path = service.scale_by_queue, f"render.services.{key}.scale_by_queue"
    if declared is None:
        return
    yield from _bounds(declared, path=path)
    yield from _beside(service, path=path)
    yield from _scaler(stack, path=path)


def _bounds(declared: ScaleByQueue, *, path: str) -> Iterator[Finding]:
    if declared.min > declared.max:
        yield _RULE.fails(
            f"min {declared.min} is above max {declared.max}",
            path=f"{path}.min",
            why="no number of instances is within such bounds",
            hint="Swap them",
        )


def _beside(service: Service, *, path: str) -> Iterator[Finding]:
    refusals = {
        "Render's own scaling": service.scaling is not None,
        "the free plan": service.plan == "free",
        "a cron job": service.type == "cron",
    }
    for refusal in (what for what, applies in refusals.items() if applies):
        yield _RULE.fails(
            f"scale_by_queue with {refusal}",
            path=path,
            why=f"Render takes no other number of instances with {refusal}",
            hint="Keep one of the two",
        )
    if service.instances is not None:
        yield _RULE.fails(
            f"instances {service.instances} beside scale_by_queue",
            path=path,
            why="every sync and every apply would take back what the queue asked for",
            hint="Remove `instances`; `min` says how many there are at least",
        )


def _scaler(stack: Stack, *, path: str) -> Iterator[Finding]:
    """A worker that runs `keepwell scale`, and what that one needs."""
    scalers = [key for key, each in stack.render.services.items() if _runs_scale(each)]
    if not scalers:
        yield _RULE.warns(
            "no service runs keepwell scale",
            path=path,
            why="nobody looks at the queue, and the number of instances stays as it is",
            hint="Add a worker with the command `python -P -m keepwell scale --watch`",
        )
    for key in scalers:
        held = {name for _, name, _ in variables(stack, key)}
        for name in (each for each in _NEEDS if each not in held):
            yield _RULE.fails(
                f"{key} runs keepwell scale without {name}",
                path=f"render.services.{key}",
                why="it would stop at once",
                hint=f"Add {name} to its env",
            )


def _runs_scale(service: Service) -> bool:
    command = service.docker_command or service.start_command or ""
    return "keepwell scale" in command
