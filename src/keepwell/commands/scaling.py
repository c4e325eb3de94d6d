"""One service that scales by its queue: the queue, Render, and one step between two looks."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from keepwell.clients.queue import Queue
from keepwell.clients.render import Render
from keepwell.clients.render.instances import Instances
from keepwell.commands.vendors import make_vendors
from keepwell.commands.wiring import World
from keepwell.decisions.scale import decide
from keepwell.decisions.scale_flow import flow_between
from keepwell.decisions.scale_report import report_scale
from keepwell.errors import UsageError
from keepwell.model.scaling import Fleet, Look
from keepwell.model.stack import Stack
from keepwell.model.stack.compute import ScaleByQueue
from keepwell.model.verdict import Report, Status
from keepwell.stackfile import LoadedStack, load

_SEE = "README.md#scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which service to scale, and whether to do it; None takes the only one that is declared."""

    stack: Path = Path("stack.yaml")
    environment: str | None = None
    service: str | None = None
    is_dry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The queue and the instances at one moment."""

    look: Look
    fleet: Fleet


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """What scales one service; `name` is its name at Render."""

    name: str
    bounds: ScaleByQueue
    queue: Queue
    instances: Instances
    is_dry: bool

    def see(self) -> Sight:
        """The queue and the instances as they are now."""
        look = self.queue.look()
        return Sight(look=look, fleet=self.instances.fleet(within_s=self.bounds.cooldown_s))

    def step(self, before: Sight, after: Sight) -> Report:
        """Decides by two sights, tells Render where something is to change, and reports."""
        fleet = after.fleet
        running = min(before.fleet.running, fleet.running)
        flow = flow_between(before.look, after.look, running=running)
        target = decide(flow, fleet=fleet, bounds=self.bounds)
        is_due = target.status is not Status.FAIL and target.instances != fleet.wanted
        if is_due and not self.is_dry:
            self.instances.scale_to(target.instances)
        report = report_scale(target, service=self.name, flow=flow, fleet=fleet, bounds=self.bounds)
        if is_due and self.is_dry:
            return replace(report, conclusion=f"dry run, Render is not told: {report.conclusion}")
        return report


@contextmanager
def opened(choice: Choice, *, world: World) -> Iterator[Scaler]:
    """The scaler of the chosen service.

    Raises:
        UsageError: there is no such service, it does not scale by a queue, or a variable is unset.
    """
    loaded = load(choice.stack, environment=choice.environment)
    key, bounds = _chosen(choice, stack=loaded.stack)
    url = _redis_url(world)
    render = _render(loaded, world=world)
    name = loaded.stack.service_name(key)
    queue = Queue(url, stream=bounds.stream, group=bounds.group, clock=world.clock)
    with closing(render), closing(queue):
        yield Scaler(
            name=name,
            bounds=bounds,
            queue=queue,
            instances=render.instances(name),
            is_dry=choice.is_dry,
        )


def _chosen(choice: Choice, *, stack: Stack) -> tuple[str, ScaleByQueue]:
    declared = {
        key: each.scale_by_queue
        for key, each in stack.render.services.items()
        if each.scale_by_queue is not None
    }
    names = ", ".join(declared) or "none"
    if choice.service is None and len(declared) == 1:
        return next(iter(declared.items()))
    if choice.service is None:
        raise UsageError(
            f"services that scale by a queue: {names}; which one is meant?",
            hint="name it with --service, and give it `scale_by_queue` in the stack",
            see=_SEE,
        )
    if choice.service not in declared:
        raise UsageError(
            f"--service: {choice.service!r} is not among those that scale by a queue: {names}",
            hint="give it `scale_by_queue` in the stack",
            see=_SEE,
        )
    return choice.service, declared[choice.service]


def _redis_url(world: World) -> str:
    url = world.secret("REDIS_URL")
    if url is None:
        raise UsageError(
            "REDIS_URL is not set", hint="set it to the address of the queue's Redis", see=_SEE
        )
    login = url.partition("://")[2].rpartition("@")[0]
    password = login.partition(":")[2]
    for part in filter(None, (password, unquote(password))):
        world.hide(part)
    return url


def _render(loaded: LoadedStack, *, world: World) -> Render:
    made, missing = make_vendors(world, loaded, (), only=("render",))
    render = made.get("render")
    if not isinstance(render, Render):
        raise UsageError(missing[0].message, hint="set RENDER_API_KEY", see=missing[0].see)
    return render
