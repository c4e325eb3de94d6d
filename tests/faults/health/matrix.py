"""Plays many scenarios and fleets, several at once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.faults.health.catalogue import SCENARIOS
from tests.faults.health.fleet import Fleet, Toll, simulate
from tests.faults.health.playing import Outcome, play
from tests.faults.health.scenario import Scenario

WORKERS = 6
FLEETS_AT_ONCE = 4
"""Scenarios mostly wait."""


def outcomes(names: Sequence[str], fleets: Sequence[Fleet] = ()) -> Iterator[Outcome | Toll]:
    """The outcome of each scenario and each fleet as soon as it is there."""
    context = get_context("spawn")
    with (
        ProcessPoolExecutor(FLEETS_AT_ONCE, mp_context=context) as waiters,
        ProcessPoolExecutor(WORKERS, mp_context=context) as workers,
    ):
        pending: list[Future[Outcome | Toll]] = [
            *(waiters.submit(_simulate, fleet) for fleet in fleets),
            *(workers.submit(_play, name) for name in names),
        ]
        for each in as_completed(pending):
            yield each.result()


def _play(name: str) -> Outcome | Toll:
    """Plays one scenario, found by its name: what it does cannot travel between processes."""
    return play(_named(name))


def _simulate(fleet: Fleet) -> Outcome | Toll:
    """Lives through one fleet's fault."""
    return simulate(fleet, _named(fleet.scenario))


def _named(name: str) -> Scenario:
    return next(each for each in SCENARIOS if each.name == name)
