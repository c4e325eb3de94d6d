"""Plays many scenarios, several at once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.faults.health.catalogue import SCENARIOS
from tests.faults.health.playing import Outcome, play

WORKERS = 6
"""Scenarios mostly wait."""


def outcomes(names: Sequence[str]) -> Iterator[Outcome]:
    """The outcome of each scenario as soon as it is there."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as workers:
        for each in as_completed([workers.submit(play_named, name) for name in names]):
            yield each.result()


def play_named(name: str) -> Outcome:
    """Plays one scenario, found by its name: what it does cannot travel between processes."""
    return play(next(each for each in SCENARIOS if each.name == name))
