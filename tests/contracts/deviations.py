"""Where it is right to do otherwise than the descriptions say, one by one, each with its reason.

The descriptions are older than the vendors, and have faults of their own. A deviation that no
exchange of the contract tests needs is an error: it would hide the next real one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.contracts.described import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Violations that are right: of an operation, at a place (`*` stands for anything)."""

    operation: str
    place: str
    reason: str
    message: str = "*"

    def covers(self, violation: Violation) -> bool:
        """Whether this is one of them."""
        return (
            _is_like(violation.operation, self.operation)
            and _is_like(violation.place, self.place)
            and _is_like(violation.message, self.message)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is left of the violations, and which deviations nobody needed."""

    wrong: tuple[Violation, ...]
    unused: tuple[Deviation, ...]


def without_deviations(found: Iterable[Violation], deviations: Sequence[Deviation]) -> Outcome:
    """Takes out what is listed."""
    wrong = list(dict.fromkeys(found))
    unused = [each for each in deviations if not any(each.covers(one) for one in wrong)]
    return Outcome(
        wrong=tuple(one for one in wrong if not any(each.covers(one) for each in deviations)),
        unused=tuple(unused),
    )


def _is_like(text: str, pattern: str) -> bool:
    """Brackets stand for themselves: `rules[]` is a place."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))
