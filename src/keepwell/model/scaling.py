"""What scaling by a queue looks at: the queue at one moment, and the instances that work on it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A stream at one moment, as one consumer group leaves it.

    `added` counts the entries of all time; `waiting` those that nobody has taken, None where Redis
    cannot count them and there are some; `pending` those that were taken and are not finished.
    `oldest_age_s` is the age of the oldest of both, 0 where there is none. `at_s` tells how far
    two looks are apart.
    """

    at_s: float
    added: int
    waiting: int | None
    pending: int
    oldest_age_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The instances of one service: how many Render was told to run, and how many it runs.

    `quiet_s` is how long ago their number changed or a deploy began or ended. `suspenders` are
    those who suspended the service.
    """

    wanted: int
    running: int
    quiet_s: float = math.inf
    is_autoscaled: bool = False
    suspenders: tuple[str, ...] = ()
