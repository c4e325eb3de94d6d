"""A stack whose worker follows its queue: a real Redis, Render as a stand-in, time by hand."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
import yaml

from keepwell.cli import main
from keepwell.clock import ManualClock
from keepwell.commands.scale import PERIOD_S
from keepwell.commands.wiring import World
from keepwell.rehearsal.servers import Redis
from keepwell.rehearsal.simulators.base import serve
from keepwell.rehearsal.simulators.render import RenderSimulator
from keepwell.runner import Runner
from keepwell.stackfile import load
from keepwell.templating import generate
from tests.worlds import NOON, make_world

STACK = Path(__file__).parents[2] / "stack.yaml"
STREAM, GROUP = "webhooks", "ai-workers"
"""The names of the reference service (examples/livestreamsell/settings.py)."""

BY_QUEUE = {"stream": STREAM, "group": GROUP, "max": 4, "concurrency": 2, "max_age_s": 30}
SCALER = {
    "type": "worker",
    "runtime": "docker",
    "plan": "starter",
    "dockerfile": "./examples/scaler/Dockerfile",
    "docker_command": "python -P -m keepwell scale --watch",
    "instances": 1,
    "env": {
        "REDIS_URL": {"key_value": "queue", "property": "connectionString"},
        "RENDER_API_KEY": {"secret": "RENDER_API_KEY"},
    },
}


class BusyClock(ManualClock):
    """Lets things happen between two looks: one deed for each wait of a period, then none."""

    def __init__(self) -> None:
        super().__init__(NOON)
        self.deeds: list[Callable[[], None]] = []

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.deeds and seconds == PERIOD_S:
            self.deeds.pop(0)()


class Stage:
    """Where `keepwell scale` plays."""

    def __init__(
        self, server: Redis, render: RenderSimulator, *, url: str, clock: BusyClock, folder: Path
    ) -> None:
        self.render = render
        self.clock = clock
        self.stack = folder / "stack.yaml"
        self.environ = {
            "REDIS_URL": server.url,
            "RENDER_API_KEY": render.desk.token,
            "KEEPWELL_RENDER_URL": url,
        }
        self.redis: Any = redis.Redis.from_url(server.url)
        self.redis.flushall()
        self.redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)

    @property
    def worker(self) -> Any:
        return self.render.world.service("ai-worker")

    @property
    def instances(self) -> int:
        return int(self.worker.details["numInstances"])

    @property
    def told(self) -> int:
        """How often Render was told a number."""
        return sum(each.path.endswith("/scale") for each in self.render.desk.journal)

    def come(self, count: int, *, age_s: float = 0.0) -> None:
        """Webhooks come."""
        seconds, _ = self.redis.time()
        for number in range(count):
            sequence = int(self.redis.xinfo_stream(STREAM)["entries-added"])
            id_ = f"{int((seconds - age_s) * 1000)}-{sequence}" if age_s else "*"
            self.redis.xadd(STREAM, {"body": f"{number}"}, id=id_)

    def take(self, count: int) -> None:
        """A worker takes entries."""
        self.redis.xreadgroup(GROUP, "worker-1", {STREAM: ">"}, count=count)

    def finish(self, count: int) -> None:
        """A worker finishes the oldest that it holds, as the reference service's does."""
        for each in self.redis.xpending_range(STREAM, GROUP, "-", "+", count):
            self.redis.xack(STREAM, GROUP, each["message_id"])
            self.redis.xdel(STREAM, each["message_id"])

    def push(self) -> None:
        """What pushing the generated files does: Render syncs its Blueprint."""
        documents = generate(load(self.stack).stack)
        self.render.sync(next(each.text for each in documents if each.path == "render.yaml"))

    def world(
        self, *, runner: Runner | None = None, environ: Mapping[str, str] | None = None
    ) -> World:
        return make_world(
            environ={**self.environ, **(environ or {})}, clock=self.clock, runner=runner
        )

    def run(self, world: World, *arguments: str) -> int:
        return main(["scale", "--stack", str(self.stack), *arguments], world=world)


def by_queue(folder: Path) -> None:
    """The real stack, whose worker follows the queue; `api` still scales by CPU."""
    declared = yaml.safe_load(STACK.read_text())
    declared.pop("environments")
    services = declared["render"]["services"]
    services["ai-worker"].pop("instances", None)
    services["ai-worker"]["scale_by_queue"] = BY_QUEUE
    services["scaler"] = SCALER
    declared["secrets"]["RENDER_API_KEY"] = {"kind": "token"}
    (folder / "stack.yaml").write_text(yaml.safe_dump(declared))


@contextmanager
def staged(server: Redis, folder: Path) -> Iterator[Stage]:
    """The stage, deployed long ago."""
    by_queue(folder)
    clock = BusyClock()
    render = RenderSimulator(clock=clock)
    with serve(render.app) as url:
        stage = Stage(server, render, url=url, clock=clock, folder=folder)
        stage.push()
        clock.sleep(60)
        render.world.settle()
        clock.sleep(3600)
        yield stage
        stage.redis.close()
