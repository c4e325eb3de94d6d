"""Whether a queue on a Redis stream is worked off: how much waits, for how long, and what was lost.

Ages are told by Redis' own clock: the id of an entry holds the millisecond of its birth.

Source: https://redis.io/docs/latest/commands/xinfo-groups/ (read 2026-11)
"""

from dataclasses import dataclass
from typing import Any

from keepwell.health.check import RoundTripError
from keepwell.health.reading import Criticality, ErrorClass
from keepwell.health.redis import Redis
from keepwell.health.redis_check import RedisCheck
from keepwell.health.redis_line import as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is still well: `waiting` counts the entries that nobody finished, taken or not."""

    waiting: int = 1000
    age_s: float = 60.0
    dead_letters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """What a group has before it."""

    waiting: int
    age_s: float
    dead_letters: int

    def judge(self, limits: Limits) -> ErrorClass | None:
        """What is wrong, if anything is."""
        if self.waiting > limits.waiting or self.age_s > limits.age_s:
            return ErrorClass.SATURATED
        return ErrorClass.DEAD_LETTERS if self.dead_letters > limits.dead_letters else None


class Queue(RedisCheck):
    """One group of a stream; `dead_letters` is the stream of what was given up, if there is one."""

    def __init__(  # noqa: PLR0913 - a queue has a stream, a group and a place for dead letters
        self,
        redis: Redis,
        *,
        stream: str,
        group: str,
        dead_letters: str = "",
        limits: Limits | None = None,
        name: str = "queue",
        criticality: Criticality = Criticality.WARN,
    ) -> None:
        super().__init__(redis, name=name, criticality=criticality)
        self._stream = stream
        self._group = group
        self._dead_letters = dead_letters or f"{stream}:dead"
        self._limits = limits or Limits()

    async def round_trip_ms(self) -> float:
        """Milliseconds of its two round trips.

        Raises:
            RoundTripError: it waits too much or too long, letters are dead, or there is no group.
            Exception: whatever redis-py raised.
        """
        depth, took_ms = await self.look()
        if (wrong := depth.judge(self._limits)) is not None:
            raise RoundTripError(wrong)
        return took_ms

    async def look(self) -> tuple[Depth, float]:
        """What waits, and the milliseconds that it took to see it."""

        def ask(pipeline: Any) -> None:
            pipeline.time().xinfo_groups(self._stream).xpending(self._stream, self._group)
            pipeline.xlen(self._dead_letters)

        (now, groups, pending, dead), took_ms = await self.line.ask(ask)
        (group,) = (each for each in groups if as_text(each["name"]) == self._group)
        waiting, waits_ms = await self._next(as_text(group["last-delivered-id"]))
        lag = group.get("lag")  # None where entries were deleted from the middle
        ids = [*waiting, *([as_text(pending["min"])] if pending["pending"] else [])]
        now_s = now[0] + now[1] / 1e6
        depth = Depth(
            waiting=pending["pending"] + (len(waiting) if lag is None else lag),
            age_s=max((now_s - int(each.split("-")[0]) / 1000 for each in ids), default=0.0),
            dead_letters=dead,
        )
        return depth, took_ms + waits_ms

    async def _next(self, last_id: str) -> tuple[list[str], float]:
        """The id of the oldest entry that nobody took, if there is one."""
        (found,), took_ms = await self.line.ask(
            lambda pipeline: pipeline.xrange(self._stream, min=f"({last_id}", count=1)
        )
        return [as_text(each[0]) for each in found], took_ms
