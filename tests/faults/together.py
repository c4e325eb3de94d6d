"""Two applies at once: one wins, the other stops before harm."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Self

from keepwell.errors import EXIT_NO
from keepwell.rehearsal.simulators.base import Fault
from tests.faults.playing import Outcome, converged
from tests.faults.stage import Stage
from tests.faults.zygote import Zygote

FIRST_WRITE = "PUT /v1/projects/**"
"""An apply begins with Supabase."""


def _with_a_lock(zygote: Zygote, second: Zygote) -> Iterator[str]:
    """The second is told that the first is under way, and sends nothing."""
    with Stage(has_lock=True) as stage, _Held(stage) as held:
        zygote.start(stage.apply())
        held.reached.wait(timeout=60)
        before = _writes(stage)
        code = second.run(stage.apply())
        if code != EXIT_NO:
            yield f"the second apply exits {code}"
        if _writes(stage) != before:
            yield "the second apply changed something"
        held.go.set()
        if (code := zygote.wait()) != 0:
            yield f"the first apply exits {code}"
        yield from converged(stage, zygote=zygote)


def _without_a_lock(zygote: Zygote, second: Zygote) -> Iterator[str]:
    """The first finds that rules have moved on since its plan, and stops there."""
    with Stage() as stage, _Held(stage) as held:
        zygote.start(stage.apply())
        held.reached.wait(timeout=60)
        if (code := second.run(stage.apply())) != 0:
            yield f"the second apply exits {code}"
        held.go.set()
        if (code := zygote.wait()) != EXIT_NO:
            yield f"the first apply, overtaken, exits {code}"
        yield from converged(stage, zygote=zygote)


def _killed_with_a_lock(zygote: Zygote, second: Zygote) -> Iterator[str]:
    """A lock whose owner is gone stops the next apply, until somebody says that it may be broken."""
    with Stage(has_lock=True) as stage, _Held(stage) as held:
        process = zygote.start(stage.apply())
        held.reached.wait(timeout=60)
        held.kill(process)
        zygote.wait()
        if (code := second.run(stage.apply())) != EXIT_NO:
            yield f"an apply that meets the lock exits {code}"
        if (code := second.run(stage.apply("--break-lock"))) != 0:
            yield f"an apply that breaks the lock exits {code}"
        yield from converged(stage, zygote=zygote)


class _Held:
    """Holds the first write of an apply until it may go on."""

    def __init__(self, stage: Stage) -> None:
        self.reached = threading.Event()
        self.go = threading.Event()
        fault = Fault(call=FIRST_WRITE, what="hook-before", hook=self._hold)
        stage.desks["supabase"].plan_fault(fault)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.go.set()

    def kill(self, process: int) -> None:
        """Kills the apply, and then lets its call through."""
        os.kill(process, signal.SIGKILL)
        self.go.set()

    def _hold(self) -> None:
        self.reached.set()
        self.go.wait(timeout=60)


def _writes(stage: Stage) -> int:
    return sum(each.method != "GET" for desk in stage.desks.values() for each in desk.journal)


Play = Callable[[Zygote, Zygote], Iterator[str]]

TOGETHER: Mapping[str, Play] = {
    "two at once, with a lock": _with_a_lock,
    "two at once, without a lock": _without_a_lock,
    "killed while it held the lock": _killed_with_a_lock,
}


def play_together(name: str, *, zygote: Zygote) -> Outcome:
    """Plays one of them."""
    second = Zygote()
    try:
        return Outcome(scenario=name, wrongs=[*TOGETHER[name](zygote, second)])
    finally:
        second.close()
