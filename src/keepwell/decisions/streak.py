"""Whether a row of answers proves that a revision serves and is well, and if not, what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from keepwell.decisions.grade import Grade, grade
from keepwell.model.state import TargetVerdict
from keepwell.model.verdict import Status

_ILL = frozenset({Grade.FAILED, Grade.SILENT})


class Outcome(StrEnum):
    """What `verify` ends with."""

    PASS = "pass"  # noqa: S105 - a word, no password
    UNHEALTHY = "unhealthy"
    NOT_ROLLED_OUT = "not-rolled-out"
    COULD_NOT_TELL = "could-not-tell"

    @property
    def status(self) -> Status:
        """The status that says this outcome."""
        return _STATUS[self]


_STATUS = {
    Outcome.PASS: Status.PASS,
    Outcome.UNHEALTHY: Status.FAIL,
    Outcome.NOT_ROLLED_OUT: Status.UNKNOWN,
    Outcome.COULD_NOT_TELL: Status.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """The outcome if no more answers come; `deciding` is the answer it rests on."""

    outcome: Outcome
    deciding: TargetVerdict
    passes: int


def judge_streak(verdicts: Sequence[TargetVerdict], *, consecutive: int) -> Streak:
    """What the verdicts, in order and at least one, prove if no more come.

    `consecutive` passes at the end are a pass. Without them:

    - another revision answered last: not rolled out. Fewer than `consecutive` answers without a
      revision behind it do not change that: old instances are taken down while new ones come up.
    - the last answer was ill, or the revision passed and then fell ill: unhealthy. An illness
      before the first pass is warming up.
    - otherwise it could not be told: the time ran out in the middle, or the edge kept us away.
    """
    grades = [grade(verdict) for verdict in verdicts]
    passes = _passes_at_the_end(grades)
    outcome, deciding = _decide(grades, passes=passes, consecutive=consecutive)
    return Streak(outcome=outcome, deciding=verdicts[deciding], passes=passes)


def _decide(grades: Sequence[Grade], *, passes: int, consecutive: int) -> tuple[Outcome, int]:
    """The outcome, and the index of the answer that it rests on."""
    clear = [index for index, each in enumerate(grades) if each is not Grade.UNCLEAR]
    if passes >= consecutive or not clear:
        return (Outcome.PASS if passes >= consecutive else Outcome.COULD_NOT_TELL), len(grades) - 1
    answered = _without_silent_end(clear, grades=grades, fewer_than=consecutive)
    if grades[answered] is Grade.OTHER_REVISION:
        return Outcome.NOT_ROLLED_OUT, answered
    ill = [index for index in clear if grades[index] in _ILL]
    has_relapsed = Grade.PASSED in grades and ill and ill[-1] > grades.index(Grade.PASSED)
    if ill and (has_relapsed or ill[-1] == clear[-1]):
        return Outcome.UNHEALTHY, ill[-1]
    return Outcome.COULD_NOT_TELL, len(grades) - 1


def _passes_at_the_end(grades: Sequence[Grade]) -> int:
    passes = 0
    for each in reversed(grades):
        if each is not Grade.PASSED:
            break
        passes += 1
    return passes


def _without_silent_end(clear: Sequence[int], *, grades: Sequence[Grade], fewer_than: int) -> int:
    """The last clear answer before a short silence at the end; the last one where it is long."""
    for silent, index in enumerate(reversed(clear)):
        if grades[index] is not Grade.SILENT:
            return index
        if silent + 1 >= fewer_than:
            break
    return clear[-1]
