"""What went in and out of a queue between two looks at it."""

from dataclasses import dataclass

from keepwell.errors import CouldNotTell
from keepwell.model.scaling import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Entries a second, and what was left at the second look.

    `finished_per_s` is None where a look could not count what waits. Of `waiting`, `pending` and
    `oldest_age_s` see `Look`. `running` instances worked at both looks.
    """

    arrived_per_s: float
    finished_per_s: float | None
    waiting: int | None
    pending: int
    oldest_age_s: float
    running: int

    @property
    def unfinished(self) -> int:
        """Entries that are not finished; where nobody can count those that wait, at least one."""
        return self.pending + (1 if self.waiting is None else self.waiting)


def flow_between(before: Look, after: Look, *, running: int) -> Flow:
    """The flow between two looks at one stream, worked on by `running` instances.

    Raises:
        CouldNotTell: the stream began anew between them.
    """
    passed_s = after.at_s - before.at_s
    arrived = after.added - before.added
    if arrived < 0 or passed_s <= 0:
        raise CouldNotTell(
            "the stream began anew between two looks at it",
            hint="look again; if nobody made it anew, its Redis lost data: see that it persists",
        )
    return Flow(
        arrived_per_s=arrived / passed_s,
        finished_per_s=_finished(before, after, arrived=arrived, passed_s=passed_s),
        waiting=after.waiting,
        pending=after.pending,
        oldest_age_s=after.oldest_age_s,
        running=running,
    )


def _finished(before: Look, after: Look, *, arrived: int, passed_s: float) -> float | None:
    """What arrived or was left before, and is not left now; taken back by hand it may be less."""
    if before.waiting is None or after.waiting is None:
        return None
    left = (after.waiting + after.pending) - (before.waiting + before.pending)
    return max(0, arrived - left) / passed_s
