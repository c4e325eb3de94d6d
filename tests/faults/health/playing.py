"""Plays one scenario: all well, broken, mended, all well; every path is asked throughout."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from tests.faults.health.judging import Measured, Times, measure, wrongs
from tests.faults.health.probing import PATHS, Probing, burst, take
from tests.faults.health.scenario import Scenario
from tests.faults.health.stage import Stage

WELL_S = 1.0
"""How long everything is seen well before it breaks."""

WATCHED_S = 1.0
"""How long everything must stay well once it had to be."""

_WELL_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was measured, and what was wrong."""

    name: str
    measured: Measured
    wrongs: tuple[str, ...]

    def __str__(self) -> str:
        seen = self.measured
        fell = "never fell" if seen.seen_s is None else f"fell after {seen.seen_s:.1f} s"
        well = f"{fell}, slowest {seen.slowest_s:.2f} s, well after {seen.recovered_s:.2f} s"
        return f"{self.name}: {well}" + "".join(f"\n  WRONG {each}" for each in self.wrongs)


def play(scenario: Scenario) -> Outcome:
    """Plays one scenario on servers of its own."""
    with Stage(scenario.setup) as stage:
        fault = scenario.play(stage)
        if scenario.begins == "into":
            breaking_s, broken_s = _step(fault)
            stage.start_app()
        else:
            stage.start_app()
            _wait_until(lambda: _is_well(stage))
        with Probing(stage.port) as probing:
            if scenario.begins == "before":
                time.sleep(WELL_S)
                breaking_s, broken_s = _step(fault)
            _watch(scenario, stage, probing, until_s=broken_s + scenario.settles_s)
            mending_s, mended_s = _step(fault)
            time.sleep(scenario.recovers_s + WATCHED_S)
        times = Times(
            breaking_s=breaking_s,
            broken_s=broken_s,
            mending_s=mending_s,
            mended_s=mended_s,
            ended_s=time.monotonic(),
            quiet=stage.quiet,
        )
        samples = probing.samples()
        found = (
            *wrongs(scenario, samples, times),
            *_unmet(scenario, stage),
            *_of_the_other(stage),
        )
        return Outcome(name=scenario.name, measured=measure(samples, times), wrongs=found)


def _step(fault: Generator[None]) -> tuple[float, float]:
    """Breaks, or mends; when that began and ended."""
    began_s = time.monotonic()
    next(fault, None)
    return began_s, time.monotonic()


def _watch(scenario: Scenario, stage: Stage, probing: Probing, *, until_s: float) -> None:
    """Watches the fault until it has settled and for a while after, asking much at once if so."""
    time.sleep(max(0.0, until_s - time.monotonic()))
    if scenario.burst:
        for path in PATHS:
            probing.add(burst(stage.port, path, count=scenario.burst))
    time.sleep(scenario.holds_s)


def _unmet(scenario: Scenario, stage: Stage) -> Iterator[str]:
    spoiled = sum(line.spoiled for line in stage.line.values())
    if not (scenario.is_visible or spoiled or stage.is_met):
        yield "the fault was never met"


def _of_the_other(stage: Stage) -> Iterator[str]:
    """The other instance must be well throughout where only the first one meets the fault."""
    samples = stage.peer.samples() if stage.peer and stage.line else ()
    unwell = [each for each in samples if each.status != 200]
    if unwell:
        yield f"the other instance says {unwell[0].status} to /readyz ({len(unwell)} times)"


def _is_well(stage: Stage) -> bool:
    sample = take(stage.port, "/health")
    return sample.status == 200 and sample.document["status"] == "pass"


def _wait_until(is_true: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + _WELL_WITHIN_S
    while not is_true():
        if time.monotonic() > give_up_s:
            raise TimeoutError("the service was never well")
        time.sleep(0.05)
