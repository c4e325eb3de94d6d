"""What one answer is worth to someone who waits for a revision to serve and to be well."""

from enum import StrEnum

from keepwell.model.state import State, TargetVerdict
from keepwell.model.verdict import Status


class Grade(StrEnum):
    """`failed` is the wanted revision, ill; `silent` an answer that names no revision, or none."""

    PASSED = "passed"
    FAILED = "failed"
    SILENT = "silent"
    OTHER_REVISION = "other-revision"
    UNCLEAR = "unclear"


def grade(verdict: TargetVerdict) -> Grade:
    """The grade of one verdict. A service that answers well but late has passed."""
    found = {finding.rule: finding.status for finding in verdict.findings}
    revision = found.get("revision")
    if verdict.state is State.EDGE_CHALLENGED:
        return Grade.UNCLEAR
    if revision not in {None, Status.PASS}:
        return Grade.OTHER_REVISION
    if verdict.state is State.NO_DATA:
        return Grade.UNCLEAR
    is_late = verdict.state is State.WAKING and found.get("status") is not Status.PASS
    if verdict.state is State.DOWN or is_late:
        return Grade.SILENT if revision is None else Grade.FAILED
    return Grade.PASSED
