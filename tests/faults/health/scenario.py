"""What a scenario of the matrix is: what breaks, and what each path must answer meanwhile."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from keepwell.health.backoff import LONGEST_S
from tests.faults.health.stage import Setup, Stage

STALE_S = 2.0
"""Two `ttl_s`: the longest that a reading counts."""

HASTE = 60
PLAIN = Setup()

Play = Callable[[Stage], Generator[None]]
"""Breaks, yields, mends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, and the document that strangers see, without `releaseId`."""

    status: int
    document: Mapping[str, Any]

    def __str__(self) -> str:
        return " ".join(
            [str(self.status), self.document["status"], *self.document.get("notes", ())]
        )


PASS = Answer(status=200, document={"status": "pass"})
WARN = Answer(status=200, document={"status": "warn"})
FAIL = Answer(status=503, document={"status": "fail"})
STARTING = Answer(status=503, document={"status": "fail", "notes": ["starting"]})
STOPPING = Answer(status=503, document={"status": "fail", "notes": ["stopping"]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One fault with its expected answers, from `settles_s` after it began until it is mended.

    `failing` maps each component that the details name as not passing to its class of failure.
    A fault that changes no answer has to be met all the same: a line must have spoiled something,
    or `Stage.is_met` was set. `begins` says whether the service starts before or into it.
    """

    name: str
    play: Play
    strict: Answer
    ready: Answer
    failing: Mapping[str, str] = field(default_factory=dict)
    setup: Setup = field(default_factory=Setup)
    begins: Literal["before", "into"] = "before"
    burst: int = 0
    settles_s: float = 4.0
    holds_s: float = 4.5
    recovers_s: float = 2.0

    @property
    def is_visible(self) -> bool:
        """Whether it changes an answer at all."""
        return bool(self.failing) or (self.strict, self.ready) != (PASS, PASS)


def shared(name: str, play: Play, *, setup: Setup = PLAIN, **failing: str) -> Scenario:
    """A fault of what all instances share: the strict path falls, no instance does."""
    return Scenario(name=name, play=play, strict=FAIL, ready=WARN, failing=failing, setup=setup)


def local(name: str, play: Play, *, setup: Setup, **failing: str) -> Scenario:
    """A fault of one instance: it is told from a shared one a survey later."""
    return Scenario(
        name=name, play=play, strict=FAIL, ready=FAIL, failing=failing, setup=setup, settles_s=6.0
    )


def warned(name: str, play: Play, *, setup: Setup, **failing: str) -> Scenario:
    """A fault that leaves the service usable: a 200 that warns, on both paths."""
    return Scenario(name=name, play=play, strict=WARN, ready=WARN, failing=failing, setup=setup)


def refused(name: str, play: Play, **failing: str) -> Scenario:
    """A refused credential: shared, and asked again only after a pause that doubles.

    The service's clock runs `HASTE` times as fast, so that its longest pause is over in seconds.
    """
    setup = Setup(environ={"HASTE": str(HASTE)})
    scenario = shared(name, play, setup=setup, **failing)
    return replace(scenario, recovers_s=LONGEST_S / HASTE + STALE_S)


def unseen(name: str, play: Play, *, setup: Setup = PLAIN) -> Scenario:
    """A fault that must change no answer."""
    return Scenario(name=name, play=play, strict=PASS, ready=PASS, setup=setup)
