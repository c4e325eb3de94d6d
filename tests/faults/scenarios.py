"""What may go wrong in an apply: at which call, in which way. Derived from the calls of a clean one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from keepwell.rehearsal.simulators.base import Exchange

Way = Literal[
    "killed-before",  # the process dies, and the call never reached the vendor
    "killed-after",  # the vendor has acted, the process dies before it hears so
    "500",  # the vendor fails, however often it is asked
    "500-once",
    "429",
    "cut-before",  # the connection ends, and the call never reached the vendor
    "cut-after",  # the vendor has acted, and the connection ends
    "timeout",  # nothing comes
]
KILLS: Sequence[Way] = ("killed-before", "killed-after")
FAULTS: Sequence[Way] = ("500", "500-once", "429", "cut-before", "cut-after", "timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The `nth` time (from 1) that an apply makes a call, and what happens then."""

    vendor: str
    call: str
    nth: int
    way: Way

    def __str__(self) -> str:
        return f"{self.vendor}: {self.way} at {self.call} ({self.nth})"


def scenarios(journals: Mapping[str, Sequence[Exchange]]) -> Iterator[Scenario]:
    """Both kills at every call, every fault at every write."""
    for vendor, journal in journals.items():
        seen: Counter[str] = Counter()
        for exchange in journal:
            call = str(exchange)
            seen[call] += 1
            for way in (*KILLS, *(FAULTS if exchange.method != "GET" else ())):
                yield Scenario(vendor=vendor, call=call, nth=seen[call], way=way)
