"""A scenario: something is done to the stage, and what keepwell must then say, step by step."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from keepwell.rehearsal.stage import Stage

Play = Callable[[Stage], Generator[str]]
"""Does it and yields what was observed, one text for each step; leaves the stage as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`title` says what is done, `expected` what must be observed, one text for each step."""

    title: str
    expected: Sequence[str]
    play: Play


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what had to be observed, and what was; empty where there was nothing."""

    expected: str
    observed: str

    @property
    def agrees(self) -> bool:
        """Whether they are the same."""
        return self.expected == self.observed
