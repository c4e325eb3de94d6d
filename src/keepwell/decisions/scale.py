"""How many instances a queue needs: grows at once, shrinks by one per cooldown.

The work in hand at a time is, by Little's law, arrivals a second x mean time of service; divided by
what one instance takes at a time it gives the instances. The mean time is measured: what is in work
over what is finished a second. Nobody grows for entries that find a free lane, nor for what waits
while instances start; `tests/decisions/test_scale_over_time.py` plays it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from keepwell.decisions.scale_flow import Flow
from keepwell.model.scaling import Fleet
from keepwell.model.stack.compute import ScaleByQueue
from keepwell.model.verdict import Status

_ROOM = 0.7
"""Fewer instances must have this much of their lanes to do, at most: else they grow again."""

_CATCH_UP = 0.5
"""Cooldowns within which what is left should be done: for one, the instances stay anyway."""

_SEE = "https://render.com/docs/scaling"


class Reason(StrEnum):
    """Why there are to be that many instances."""

    AUTOSCALED = "autoscaled"
    SUSPENDED = "suspended"
    BOUNDS = "bounds"
    ARRIVALS = "arrivals"
    AGE = "age"
    LIMIT = "limit"
    STARTING = "starting"
    IDLE = "idle"
    COOLDOWN = "cooldown"
    STEADY = "steady"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How many instances there are to be, and why; FAIL means that nothing may be changed."""

    instances: int
    reason: Reason
    message: str
    status: Status = Status.PASS
    hint: str = ""
    see: str = ""


def decide(flow: Flow, *, fleet: Fleet, bounds: ScaleByQueue) -> Target:
    """The target for a service whose queue flows like this.

    Render ignores the number as long as it scales the service by itself.
    Source: https://api-docs.render.com/reference/scale-service (read 2026-11).
    """
    situation = _Situation(flow=flow, fleet=fleet, bounds=bounds)
    for rule in _RULES:
        if target := rule(situation):
            return target
    return Target(instances=fleet.wanted, reason=Reason.STEADY, message="enough, and not too many")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Situation:
    flow: Flow
    fleet: Fleet
    bounds: ScaleByQueue

    @property
    def lanes(self) -> int:
        """How many entries the running instances work on at a time."""
        return self.bounds.concurrency * self.fleet.running

    @property
    def busy(self) -> int:
        """How many lanes of those that ran all the time were taken: the rest of pending waits."""
        return min(self.flow.pending, self.bounds.concurrency * self.flow.running)

    @property
    def service_time_s(self) -> float:
        """The mean time of an entry in work; 0 where nothing was finished, so that nobody knows."""
        return self.busy / self.flow.finished_per_s if self.flow.finished_per_s else 0.0

    @property
    def load(self) -> float:
        """The lanes that what arrives keeps busy."""
        return self.flow.arrived_per_s * self.service_time_s

    @property
    def is_full(self) -> bool:
        """Whether there is more to do than lanes."""
        return self.flow.waiting is None or self.flow.unfinished > self.lanes

    @property
    def is_late(self) -> bool:
        """Whether entries are too old because no lane is free: a lone old one needs no instance."""
        is_old = self.flow.oldest_age_s > self.bounds.max_age_s
        return is_old and (self.is_full or self.flow.waiting != 0)

    @property
    def needed(self) -> int:
        """The instances for what arrives; if late, for what is left too, and to catch up at all."""
        needed = self._for(self.load)
        if not self.is_late or self.is_starting:
            return needed
        if not self.is_catching_up:
            needed = max(needed, self.fleet.wanted + 1)
        left = max(0, self.flow.unfinished - self.lanes) * self.service_time_s
        within_s = _CATCH_UP * self.bounds.cooldown_s
        return max(needed, self._for(self.load + left / within_s)) if within_s else needed

    @property
    def is_catching_up(self) -> bool:
        """Whether more is finished than arrives."""
        return (self.flow.finished_per_s or 0.0) > self.flow.arrived_per_s

    @property
    def is_starting(self) -> bool:
        """Whether fewer run than should: what they will do is not seen yet."""
        return self.fleet.running < self.fleet.wanted

    def _for(self, lanes: float) -> int:
        return math.ceil(round(lanes / self.bounds.concurrency, 6))


def _refusal(now: _Situation) -> Target | None:
    wanted = now.fleet.wanted
    if now.fleet.suspenders:
        return Target(
            instances=wanted,
            reason=Reason.SUSPENDED,
            status=Status.FAIL,
            message=f"it is suspended, by: {', '.join(now.fleet.suspenders)}",
            hint="resume it in Render's dashboard; if it was billing, pay the bill first",
        )
    if now.fleet.is_autoscaled:
        return Target(
            instances=wanted,
            reason=Reason.AUTOSCALED,
            status=Status.FAIL,
            message="Render scales it by itself, and ignores any other number meanwhile",
            hint="switch its autoscaling off at Render, or remove `scale_by_queue` from the stack",
            see=_SEE,
        )
    return None


def _back_into_bounds(now: _Situation) -> Target | None:
    wanted, bounds = now.fleet.wanted, now.bounds
    nearest = min(max(wanted, bounds.min), bounds.max)
    if nearest == wanted:
        return None
    message = f"{wanted} is outside {bounds.min} to {bounds.max}"
    return Target(instances=nearest, reason=Reason.BOUNDS, message=message)


def _more(now: _Situation) -> Target | None:
    wanted, most = now.fleet.wanted, now.bounds.max
    if not (now.is_full or now.is_late) or now.needed <= wanted:
        return None
    message = _why_more(now)
    if wanted == most:
        return Target(
            instances=wanted,
            reason=Reason.LIMIT,
            status=Status.WARN,
            message=f"{message}, and {most} is the most that the stack allows",
            hint="raise `scale_by_queue.max`, or make the work shorter",
        )
    reason = Reason.AGE if now.is_late else Reason.ARRIVALS
    return Target(instances=min(now.needed, most), reason=reason, message=message)


def _why_more(now: _Situation) -> str:
    if now.is_late:
        late = f"{now.flow.oldest_age_s:.0f} s of {now.bounds.max_age_s:g}"
        return f"the oldest entry waits for {late}, which asks for {now.needed}"
    return f"what arrives keeps {now.load:.0f} lanes busy, which asks for {now.needed}"


def _none_while_starting(now: _Situation) -> Target | None:
    if not (now.is_late and now.is_starting):
        return None
    running, wanted = now.fleet.running, now.fleet.wanted
    message = f"{running} of {wanted} run; the others may be enough"
    return Target(instances=wanted, reason=Reason.STARTING, message=message)


def _fewer(now: _Situation) -> Target | None:
    fewer = now.fleet.wanted - 1
    room = _ROOM * now.bounds.concurrency * fewer
    if fewer < now.bounds.min or now.is_full or max(now.load, now.flow.unfinished) > room:
        return None
    left_s = now.bounds.cooldown_s - now.fleet.quiet_s
    if left_s > 0:
        message = f"{fewer} would do; the last change is too recent by {left_s:.0f} s"
        return Target(instances=fewer + 1, reason=Reason.COOLDOWN, message=message)
    return Target(instances=fewer, reason=Reason.IDLE, message=f"{fewer} would do")


_RULES: tuple[Callable[[_Situation], Target | None], ...] = (
    _refusal,
    _back_into_bounds,
    _more,
    _none_while_starting,
    _fewer,
)
