"""Plays one scenario: an apply meets it, another apply must set everything right."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from keepwell.rehearsal.simulators.base import Fault
from keepwell.rehearsal.simulators.base.serving import Cut
from tests.faults.scenarios import FAULTS, KILLS, Scenario
from tests.faults.stage import Stage
from tests.faults.zygote import Zygote

KILLED = -signal.SIGKILL
TIMEOUT_S = 16.0
"""Longer than a client waits for one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was wrong after a scenario, and what the runs said, where something was."""

    scenario: str
    wrongs: Sequence[str]
    said: str = ""


def play(scenario: Scenario, *, zygote: Zygote) -> Outcome:
    """Plays one scenario on fresh stand-ins."""
    with Stage() as stage:
        wrongs = [*_meet(scenario, stage=stage, zygote=zygote)]
        for desk in stage.desks.values():
            desk.clear_faults()
        wrongs += converged(stage, zygote=zygote)
        said = stage.said() if wrongs else ""
    return Outcome(scenario=str(scenario), wrongs=wrongs, said=said)


def converged(stage: Stage, *, zygote: Zygote) -> Iterator[str]:
    """What is wrong unless another apply succeeds and a plan after it is empty."""
    code = zygote.run(stage.apply())
    if code != 0:
        yield f"the rerun exits {code}"
    code = zygote.run(stage.plan("--detect-drift"))
    if code != 0:
        yield f"a plan after the rerun exits {code}"
    yield from stage.wrongs()


def _meet(scenario: Scenario, *, stage: Stage, zygote: Zygote) -> Iterator[str]:
    """Runs an apply that meets the scenario."""
    process: Future[int] = Future()
    desk = stage.desks[scenario.vendor]
    desk.plan_fault(_fault(scenario, process=process))
    process.set_result(zygote.start(stage.apply()))
    code = zygote.wait()
    if desk.unmet():
        yield f"the call was never made, and the apply exits {code}"
    elif scenario.way in KILLS and code != KILLED:
        yield f"the apply was to be killed, and exits {code}"
    elif scenario.way in FAULTS and code not in (0, 1, 3):
        yield f"the apply exits {code}"


def _fault(scenario: Scenario, *, process: "Future[int]") -> Fault:
    def at(what: str, **more: object) -> Fault:
        return Fault(call=scenario.call, nth=scenario.nth, what=what, **more)  # type: ignore[arg-type]

    table: dict[str, Callable[[], Fault]] = {
        "killed-before": lambda: at("hook-before", hook=_killer(process, is_lost=True)),
        "killed-after": lambda: at("hook-after", hook=_killer(process, is_lost=False)),
        "500": lambda: at("status", status=500, times=9),
        "500-once": lambda: at("status", status=500),
        "429": lambda: at("status", status=429, headers={"retry-after": "7"}),
        "cut-before": lambda: at("cut-before"),
        "cut-after": lambda: at("cut-after"),
        "timeout": lambda: at("timeout", delay_s=TIMEOUT_S),
    }
    return table[scenario.way]()


def _killer(process: "Future[int]", *, is_lost: bool) -> Callable[[], None]:
    def kill() -> None:
        os.kill(process.result(timeout=10), signal.SIGKILL)
        if is_lost:
            raise Cut

    return kill
