"""How many instances a service runs on. Does not judge names of plans: `plans` does."""

from collections.abc import Iterator

from keepwell.model.stack import Stack
from keepwell.model.stack.compute import Service
from keepwell.model.verdict import Finding
from keepwell.policies._relations import webhook_receivers
from keepwell.policies._rule import Rule
from keepwell.policies._scaling_by_queue import by_queue

RULE = Rule(name="scaling", see="https://render.com/docs/scaling")


class Scaling:
    """Web services scale by a target that Render honours, workers have instances of their own."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """Render ignores scaling without a target.

        It refuses scaling on free plans, with a disk, for cron jobs and in Hobby workspaces. A
        service that receives webhooks must scale: senders repeat what was not answered, so that
        load grows just when it hurts. A number that follows a queue needs a service that runs
        `keepwell scale --watch`.

        Source: https://render.com/docs/scaling (read 2026-11).
        """
        found = [
            finding
            for key, service in stack.render.services.items()
            for finding in _of_service(stack, key=key, service=service)
        ]
        return found or [RULE.passes(_seen(stack), path="render.services")]


def _seen(stack: Stack) -> str:
    return "; ".join(
        f"{key}: {service.scaling.min} to {service.scaling.max} instances"
        if service.scaling
        else f"{key}: {service.scale_by_queue.min} to {service.scale_by_queue.max} by its queue"
        if service.scale_by_queue
        else f"{key}: {service.instances or 1} of its own"
        for key, service in stack.render.services.items()
    )


def _of_service(stack: Stack, *, key: str, service: Service) -> Iterator[Finding]:
    path = f"render.services.{key}"
    yield from _disk(service, path=path)
    yield from by_queue(stack, key=key)
    if service.scaling is not None:
        yield from _range(service, path=f"{path}.scaling")
        yield from _permitted(stack, service=service, path=f"{path}.scaling")
    elif service.type == "web":
        yield _web_without_scaling(key, receives=key in webhook_receivers(stack))
    elif service.type == "worker" and not (service.instances or service.scale_by_queue):
        yield RULE.warns(
            f"{key} does not say on how many instances it runs",
            path=path,
            why="Render starts one and then keeps whatever the dashboard says",
            hint="Add `instances`, `scaling` or `scale_by_queue`",
        )


def _web_without_scaling(key: str, *, receives: bool) -> Finding:
    judged = RULE.fails if receives else RULE.warns
    return judged(
        f"{key} receives webhooks and has no scaling" if receives else f"{key} has no scaling",
        path=f"render.services.{key}",
        why="a burst of requests meets a fixed number of instances; senders of webhooks repeat "
        "what was not answered in time",
        hint="Add `scaling: { min: 1, max: 10, cpu_percent: 60 }`",
    )


def _disk(service: Service, *, path: str) -> Iterator[Finding]:
    if service.disk is None:
        return
    if service.scaling or service.scale_by_queue or (service.instances or 1) > 1:
        yield RULE.fails(
            "more than one instance, and a disk",
            path=f"{path}.disk",
            why="Render cannot scale a service that has a disk",
            hint="Remove the disk (keep files in object storage), or run one instance",
        )


def _range(service: Service, *, path: str) -> Iterator[Finding]:
    scaling = service.scaling
    assert scaling is not None
    if scaling.min > scaling.max:
        yield RULE.fails(
            f"min {scaling.min} is above max {scaling.max}",
            path=f"{path}.min",
            why="Render refuses the Blueprint",
            hint="Swap them",
        )
    if scaling.min == scaling.max:
        yield RULE.warns(
            f"min and max are both {scaling.min}",
            path=path,
            why="a fixed number of instances does not follow the load",
            hint="Raise max, or say `instances` instead",
        )
    if scaling.cpu_percent is None and scaling.memory_percent is None:
        yield RULE.fails(
            "no target for CPU or memory",
            path=path,
            why="without a target Render switches autoscaling off",
            hint="Add `cpu_percent: 60`",
        )
    if service.instances is not None:
        yield RULE.warns(
            f"instances {service.instances} beside scaling",
            path=path,
            why="Render ignores the number while autoscaling is on",
            hint="Remove `instances`",
        )


def _permitted(stack: Stack, *, service: Service, path: str) -> Iterator[Finding]:
    refusals = {
        "a Hobby workspace": stack.render.workspace_plan == "hobby",
        "the free plan": service.plan == "free",
        "a cron job": service.type == "cron",
    }
    for refusal in (what for what, applies in refusals.items() if applies):
        yield RULE.fails(
            f"scaling with {refusal}",
            path=path,
            why=f"Render has no autoscaling for {refusal}",
            hint="Use a Pro workspace and a paid plan for a web service, private service or worker",
        )
