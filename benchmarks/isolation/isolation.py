"""Measures what a slow, hanging or dead worker does to the answers to Meta, and what is ever lost.

    python -m benchmarks.isolation.isolation [--seconds 60]

Webhooks come at 200 a second while the worker is idle (it runs and finds nothing), saturated (each
hand holds a call of a model that takes 5 s, then of one that hangs) and dead (killed with its hands
full), in three rounds that take turns. Beside them: the same handler that calls the model in the
request, and what the forced writes of Redis cost. Then everything is killed (losses.py).

Required: p99 of the acknowledgement under 250 ms in all three; p99 saturated at most 1.5 of idle
(the median of the rounds); of what was answered 200 nothing lost and nothing twice. Exits 1 when
one is missed.
"""

import argparse
import math
import os
import statistics
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.isolation.losses import Losses, lost, measure_losses
from benchmarks.isolation.stage import STREAM, Loaded, Stage, load, stage, wait_until

RATE = 200
ROUNDS = 3
WARM_UP_S = 3.0
COUNTER_EXAMPLE_S = 15.0
P99_UNDER_MS = 250.0
MOST_RATIO = 1.5

SLOW = {"LLM_DELAY_S": "5"}
HANGING = {"LLM_FAULT": "hang"}
_IN_HAND = 128


@dataclass(slots=True, kw_only=True)
class State:
    """What one state of the worker did to the answers; one list of ms for each round."""

    name: str
    rounds: list[list[float]] = field(default_factory=list)
    not_200: int = 0
    lost: int = 0

    def add(self, windows: Iterable[Loaded], *, lost: int) -> None:
        """One round, of one window or more."""
        windows = list(windows)
        self.rounds.append([each for window in windows for each in window.latencies_ms])
        self.not_200 += sum(window.not_200 for window in windows)
        self.lost += lost

    def percentile(self, share: float) -> float:
        """Over all rounds, in ms."""
        return percentile([each for part in self.rounds for each in part], share=share)

    def line(self) -> str:
        """Its line of the table."""
        answered = sum(map(len, self.rounds))
        times = "".join(f"{self.percentile(each):>10.1f}" for each in (0.5, 0.99, 0.999))
        return f"{self.name:<36}{answered:>8,}{self.not_200:>8}{times}{self.lost:>7}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement and what was measured."""

    name: str
    measured: str
    required: str
    is_met: bool


def percentile(values: list[float], *, share: float) -> float:
    """The nearest rank: so large a share of the values is not above it; of none it is endless."""
    rank = math.ceil(round(share * len(values), 6))
    return sorted(values)[rank - 1] if values else math.inf


class Measurement:
    """The windows of one run, on one intake."""

    def __init__(self, on: Stage, *, port: int, seconds: float) -> None:
        self._stage = on
        self._port = port
        self._seconds = seconds
        self._number = 0

    def idle(self, state: State) -> None:
        """The worker looks at a stream in which there is never anything."""
        with self._stage.worker(WEBHOOK_STREAM="nothing").running():
            self._stage.clear()
            self._window("warm", seconds=WARM_UP_S)
            self._add(state, [self._window("idle", seconds=self._seconds)])

    def saturated(self, state: State) -> None:
        """Half of the time the model takes 5 s, half of it it hangs."""
        self._stage.clear()
        windows = []
        for behaviour in (SLOW, HANGING):
            with self._full_worker(behaviour):
                windows.append(self._window("saturated", seconds=self._seconds / 2))
        self._add(state, windows)

    def dead(self, state: State) -> None:
        """The worker was killed with its hands full; nobody takes anything."""
        self._stage.clear()
        with self._full_worker(HANGING):
            pass
        self._add(state, [self._window("dead", seconds=self._seconds)])

    def everysec(self, state: State) -> None:
        """As idle, but Redis forces its writes to disk once a second only."""
        self._set_fsync("everysec")
        self.idle(state)
        self._set_fsync("always")

    @contextmanager
    def _full_worker(self, behaviour: dict[str, str]) -> Iterator[None]:
        """A worker of which no hand is free, until it is killed."""
        with self._stage.worker(**behaviour).running():
            self._window("warm", seconds=WARM_UP_S)
            wait_until(lambda: self._held() >= _IN_HAND, within_s=30, what="the hands to fill")
            yield

    def _window(self, name: str, *, seconds: float) -> Loaded:
        self._number += 1
        prefix = f"{name}-{self._number}"
        with load(self._port, rate=RATE, seconds=seconds, prefix=prefix) as wait:
            loaded: Loaded = wait()
            return loaded

    def _add(self, state: State, windows: list[Loaded]) -> None:
        """What was acknowledged stands in the stream or had its effect."""
        there = self._stage.effects()
        there.update(self._stage.queued())
        names = [f"messaging:{name}" for window in windows for name in window.acknowledged]
        state.add(windows, lost=len(lost(names, effects=there)))

    def _held(self) -> int:
        """Entries that a worker took last and did not settle."""
        consumers = self._stage.on_redis(lambda queue: queue.xinfo_consumers(STREAM, "ai-workers"))
        return max((int(each["pending"]) for each in consumers), default=0)

    def _set_fsync(self, policy: str) -> None:
        self._stage.on_redis(lambda queue: queue.config_set("appendfsync", policy))


def measure_states(on: Stage, *, seconds: float) -> list[State]:
    """The table of latencies: idle, saturated, dead, then what they are compared with."""
    idle, saturated, dead = (State(name=f"worker {each}") for each in ("idle", "saturated", "dead"))
    everysec = State(name="worker idle, appendfsync everysec")
    in_request = State(name="the model in the request, 5 s")
    with on.intake() as port:
        run = Measurement(on, port=port, seconds=seconds)
        turns = [(run.idle, idle), (run.saturated, saturated), (run.dead, dead)]
        for number in range(ROUNDS):
            for measure, state in turns[:: -1 if number % 2 else 1]:
                measure(state)
            print(f"round {number + 1} of {ROUNDS} is done", file=sys.stderr, flush=True)
        run.everysec(everysec)
    with on.intake("benchmarks.isolation.in_request:create_app", **SLOW) as port:
        on.clear()
        window = Measurement(on, port=port, seconds=min(seconds, COUNTER_EXAMPLE_S))
        window.idle(in_request)
    return [idle, saturated, dead, everysec, in_request]


def judge(states: list[State], losses: Losses) -> list[Row]:
    """Each requirement, held against what was measured."""
    idle, saturated, dead, *_ = states
    p99 = max(state.percentile(0.99) for state in (idle, saturated, dead))
    ratio = statistics.median(
        percentile(busy, share=0.99) / percentile(quiet, share=0.99)
        for quiet, busy in zip(idle.rounds, saturated.rounds, strict=True)
    )
    gone = sum(state.lost for state in states) + len(losses.lost) + len(losses.not_mirrored)
    return [
        _at_most("worst p99 of the three, ms", p99, limit=P99_UNDER_MS),
        _at_most("p99 saturated / idle, median", ratio, limit=MOST_RATIO),
        _at_most("acknowledged and lost", gone, limit=0),
        _at_most("in effect more than once", len(losses.twice), limit=0),
    ]


def _at_most(name: str, measured: float, *, limit: float) -> Row:
    return Row(
        name=name, measured=f"{measured:.4g}", required=f"<= {limit:g}", is_met=measured <= limit
    )


def show(states: list[State], losses: Losses, rows: list[Row]) -> None:
    """Prints the tables."""
    busy = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n{os.cpu_count()} cores, load {busy} (1, 5, 15 minutes, whoever made it)")
    print(f"{RATE} webhooks a second, Redis with appendfsync always\n")
    heads = "".join(f"{each:>10}" for each in ("p50 ms", "p99 ms", "p99.9 ms"))
    print(f"{'acknowledgement':<36}{'200':>8}{'other':>8}{heads}{'lost':>7}")
    for state in states:
        print(state.line())
    print(
        f"\nworker, intake, Redis and Postgres killed under load: {losses.sent:,} sent, "
        f"{losses.refused:,} not taken at first,\n{losses.acknowledged:,} acknowledged, "
        f"{len(losses.lost)} lost, {len(losses.twice)} twice, "
        f"{len(losses.not_mirrored)} not in the mirror\n"
    )
    for row in rows:
        verdict = "ok" if row.is_met else "MISSED"
        print(f"{row.name:<36}{row.measured:>10}{row.required:>10}  {verdict}")


def main() -> int:
    """Measures, prints, and answers 1 when a requirement is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=_AsItStands)
    options.add_argument("--seconds", type=float, default=60.0, help="length of each window")
    seconds = options.parse_args().seconds
    with stage() as on:
        states = measure_states(on, seconds=seconds)
    with stage() as on:
        losses = measure_losses(on, rate=RATE, seconds=seconds)
    rows = judge(states, losses)
    show(states, losses, rows)
    return 0 if all(row.is_met for row in rows) else 1


_AsItStands = argparse.RawDescriptionHelpFormatter

if __name__ == "__main__":
    sys.exit(main())
