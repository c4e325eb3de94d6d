"""Ten instances under one fault, longer than Render waits: how many would it restart?

The instances are real `Health` objects with their production settings, on the machine's clock and
on real servers, in one event loop; only Render is simulated (`render_rules`). It polls /readyz of
each, and replaces an instance that it restarts by a new one. Beside it another one polls /health,
which shows what the strict path would have done.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from keepwell.health import Health, Postgres, Redis, Settings
from tests.faults.health.render_rules import RESTART_AFTER_S, Watched
from tests.faults.health.scenario import Scenario
from tests.faults.health.stage import Stage

SIZE = 10
POLL_S = 2.0
WELL_WITHIN_S = 30.0
FAULT_S = RESTART_AFTER_S + 15.0
SEEN_WELL_S = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A fault of the catalogue, met by `all` instances or by `one` of them.

    `restarts` is how many Render must restart by /readyz.
    """

    scenario: str
    meets: Literal["all", "one"] = "all"
    restarts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """How many instances Render restarted and took out of rotation, by each path."""

    fleet: Fleet
    restarts: int
    outs: int
    strict_restarts: int
    strict_outs: int
    well: int

    @property
    def wrongs(self) -> Sequence[str]:
        """What is not as it must be; a fault that the strict path never met is wrong too."""
        met = SIZE if self.fleet.meets == "all" else 1
        found = [
            (self.restarts == self.fleet.restarts, f"{self.restarts} instances were restarted"),
            (self.outs == self.fleet.restarts, f"{self.outs} instances left the rotation"),
            (self.strict_restarts == met, f"/health fell on {self.strict_restarts} instances only"),
            (self.well == SIZE, f"only {self.well} instances were well again"),
        ]
        return [said for is_right, said in found if not is_right]

    def __str__(self) -> str:
        met = f"{self.fleet.meets} of {SIZE} instances: {self.fleet.scenario}"
        by_ready = f"/readyz restarts {self.restarts}, {self.outs} out of rotation"
        by_strict = f"/health would restart {self.strict_restarts}"
        return f"{met}: {by_ready}; {by_strict}" + "".join(f"\n  WRONG {e}" for e in self.wrongs)


@dataclass(slots=True)
class _Instance:
    """One instance, and what Render thinks of it by each path."""

    make: Callable[[], Health]
    health: Health
    by_path: dict[str, Watched] = field(
        default_factory=lambda: {"/readyz": Watched(), "/health": Watched()}
    )
    status: int = 0

    async def polled(self, path: str) -> None:
        """Render asks once."""
        asked_s = time.monotonic()
        reply = await self.health.respond(path=path, method="GET")
        took_s = time.monotonic() - asked_s
        is_over = self.by_path[path].note(reply.status, asked_s=asked_s, took_s=took_s)
        if path == "/readyz":
            self.status = reply.status
            if is_over:
                await self.health.close()
                self.health = self.make()


def simulate(fleet: Fleet, scenario: Scenario) -> Toll:
    """Lives through the fault, in real time."""
    with Stage(scenario.setup) as stage:
        return asyncio.run(_simulate(fleet, scenario, stage))


async def _simulate(fleet: Fleet, scenario: Scenario, stage: Stage) -> Toll:
    makers = [_maker(stage, number, meets=fleet.meets) for number in range(SIZE)]
    instances = [_Instance(make=make, health=make()) for make in makers]
    async with asyncio.TaskGroup() as polling:
        tasks = [
            polling.create_task(_poll(each, path, delay_s=number * POLL_S / SIZE))
            for number, each in enumerate(instances)
            for path in each.by_path
        ]
        fault = scenario.play(stage)
        await _until_well(instances)
        await asyncio.to_thread(next, fault)
        await asyncio.sleep(FAULT_S)
        await asyncio.to_thread(next, fault, None)
        await asyncio.sleep(SEEN_WELL_S + scenario.recovers_s)
        for each in tasks:
            each.cancel()
    for instance in instances:
        await instance.health.close()
    return _toll(fleet, instances)


async def _until_well(instances: Sequence[_Instance]) -> None:
    """Waits until each has passed: one that never did is held back, which is not what is shown."""
    async with asyncio.timeout(WELL_WITHIN_S):
        while not all(each.status == 200 for each in instances):  # noqa: ASYNC110 - polled anyway
            await asyncio.sleep(POLL_S)


async def _poll(instance: _Instance, path: str, *, delay_s: float) -> None:
    await asyncio.sleep(delay_s)
    while True:
        await instance.polled(path)
        await asyncio.sleep(POLL_S)


def _maker(stage: Stage, number: int, *, meets: Literal["all", "one"]) -> Callable[[], Health]:
    is_met = meets == "all" or number == 0
    database_url = stage.environ["DATABASE_URL"] if is_met else stage.dsn(stage.postgres.port)
    redis_url = stage.environ["REDIS_URL"] if is_met else stage.redis.url
    settings = Settings(database_url=database_url, redis_url=redis_url, instance_id=f"srv-{number}")

    def _make() -> Health:
        checks = (Postgres(database_url), Redis(redis_url, instance_id=settings.instance_id))
        return Health(checks, settings=settings)

    return _make


def _toll(fleet: Fleet, instances: Sequence[_Instance]) -> Toll:
    ready = [each.by_path["/readyz"] for each in instances]
    strict = [each.by_path["/health"] for each in instances]
    return Toll(
        fleet=fleet,
        restarts=sum(each.restarts for each in ready),
        outs=sum(each.outs for each in ready),
        strict_restarts=sum(each.restarts for each in strict),
        strict_outs=sum(each.outs for each in strict),
        well=sum(each.status == 200 for each in instances),
    )


FLEETS: Sequence[Fleet] = (
    Fleet(scenario="postgres is killed"),
    Fleet(scenario="postgres is frozen"),
    Fleet(scenario="postgres has no connection left"),
    Fleet(scenario="postgres is read-only, its disk is full"),
    Fleet(scenario="postgres loses its answers"),
    Fleet(scenario="redis is killed"),
    Fleet(scenario="redis is frozen"),
    Fleet(scenario="redis is out of memory"),
    Fleet(scenario="both swallow what is said to them, and 200 probes come at once"),
    Fleet(
        scenario="one instance of two hears nothing of redis, by which they tell each other",
        meets="one",
    ),
    Fleet(scenario="one instance of two hears nothing of postgres", meets="one", restarts=1),
    Fleet(scenario="one instance of two is refused by postgres", meets="one", restarts=1),
)
