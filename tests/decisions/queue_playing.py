"""A queue and its workers, second by second, that run on as many instances as `decide` says."""

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from keepwell.decisions.scale import decide
from keepwell.decisions.scale_flow import flow_between
from keepwell.model.scaling import Fleet, Look
from keepwell.model.stack.compute import ScaleByQueue

PERIOD_S = 15
STARTS_IN_S = 60
"""How long an instance takes from being wanted to working."""


@dataclass(kw_only=True)
class Seen:
    """What was looked at: one row for each period."""

    wanted: list[int] = field(default_factory=list)
    oldest_s: list[float] = field(default_factory=list)

    def changes(self, start: int, end: int) -> int:
        """How often the number changed from one period to another."""
        part = self.wanted[start:end]
        return sum(a != b for a, b in pairwise(part))


class Play:
    """Entries come at random, `rate(second)` a second, and take `service_s` in the mean."""

    def __init__(
        self, bounds: ScaleByQueue, *, rate: Callable[[int], float], service_s: float, seed: int
    ) -> None:
        self._bounds = bounds
        self._rate = rate
        self._service_s = service_s
        self._random = random.Random(seed)
        self._waiting: deque[int] = deque()
        self._taken: deque[int] = deque()
        self._working: list[tuple[float, int]] = []
        self._added = 0
        self._wanted = 1
        self._starting: list[int] = []
        self._changed_at = -10_000
        self._ran = 1

    def play(self, seconds: int) -> Seen:
        """Lets so many seconds pass."""
        seen, before = Seen(), self._look(0)
        for now in range(1, seconds + 1):
            self._pass(now)
            if now % PERIOD_S == 0:
                after = self._look(now)
                self._decide(before, after, now=now)
                seen.wanted.append(self._wanted)
                seen.oldest_s.append(after.oldest_age_s)
                before = after
        return seen

    def _pass(self, now: int) -> None:
        for _ in range(self._poisson(self._rate(now))):
            self._waiting.append(now)
            self._added += 1
        self._starting = [due for due in self._starting if due > now]
        while self._working and self._working[0][0] <= now:
            heapq.heappop(self._working)
        lanes = self._running * self._bounds.concurrency
        while self._waiting and len(self._taken) + len(self._working) < 8 * lanes:
            self._taken.append(self._waiting.popleft())
        while self._taken and len(self._working) < lanes:
            takes_s = self._service_s * self._random.uniform(0.5, 1.5)
            heapq.heappush(self._working, (now + takes_s, self._taken.popleft()))

    def _poisson(self, mean: float) -> int:
        count, left = 0, self._random.expovariate(1.0)
        while left < mean:
            count += 1
            left += self._random.expovariate(1.0)
        return count

    @property
    def _running(self) -> int:
        return self._wanted - len(self._starting)

    def _look(self, now: int) -> Look:
        oldest = [*(at for _, at in self._working), *self._taken, *self._waiting]
        return Look(
            at_s=now,
            added=self._added,
            waiting=len(self._waiting),
            pending=len(self._taken) + len(self._working),
            oldest_age_s=now - min(oldest, default=now),
        )

    def _decide(self, before: Look, after: Look, *, now: int) -> None:
        fleet = Fleet(wanted=self._wanted, running=self._running, quiet_s=now - self._changed_at)
        target = decide(
            flow_between(before, after, running=min(self._ran, fleet.running)),
            fleet=fleet,
            bounds=self._bounds,
        )
        self._ran = fleet.running
        if target.instances == self._wanted:
            return
        more = target.instances - self._wanted
        self._starting += [now + STARTS_IN_S] * more
        self._starting = self._starting[: target.instances]
        self._wanted, self._changed_at = target.instances, now
