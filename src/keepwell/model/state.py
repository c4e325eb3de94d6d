"""The state of a target: one word for what its last answer means, and the status it maps to."""

from dataclasses import dataclass
from enum import StrEnum

from keepwell.model.verdict import Status, Verdict


class State(StrEnum):
    """How a target is doing.

    `waking` is a service that starts after it slept; `edge-challenged` one that the edge kept us
    from asking; `no-data` one that we could not judge.
    """

    UP = "up"
    WAKING = "waking"
    DEGRADED = "degraded"
    EDGE_CHALLENGED = "edge-challenged"
    NO_DATA = "no-data"
    DOWN = "down"
    MAINTENANCE = "maintenance"

    @property
    def status(self) -> Status:
        """The status that says this state; a target under announced maintenance passes."""
        return _STATUS[self]


_STATUS = {
    State.UP: Status.PASS,
    State.MAINTENANCE: Status.PASS,
    State.WAKING: Status.WARN,
    State.DEGRADED: Status.WARN,
    State.EDGE_CHALLENGED: Status.UNKNOWN,
    State.NO_DATA: Status.UNKNOWN,
    State.DOWN: Status.FAIL,
}


_CAUSES = frozenset({"edge_challenge", "cold_start", "revision"})
"""Checks whose finding explains what the others find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetVerdict(Verdict):
    """The verdict on one answer of a target. `state.status` is always `status`."""

    state: State

    @property
    def reason(self) -> str:
        """What brought the status about, in one line; empty where all is well."""
        if self.status is Status.PASS:
            return ""
        worst = [found for found in self.findings if found.status is self.status]
        causes = [found for found in worst if found.rule in _CAUSES] or worst
        return "; ".join(found.message for found in causes)
