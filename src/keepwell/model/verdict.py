"""What keepwell concludes: findings, verdicts and the one report that every command ends in.

Nothing here prints; `reports/` turns a Report into text, JSON or GitHub's formats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from keepwell.errors import EXIT_NO, EXIT_PASS, EXIT_UNKNOWN


class Status(IntEnum):
    """How good an answer is; a sum of answers is as good as its worst.

    UNKNOWN means "could not tell" (a vendor timed out, a permission is missing). It is never a
    PASS, and a gate closes on it.
    """

    PASS = 0
    WARN = 1
    UNKNOWN = 2
    FAIL = 3

    @property
    def exit_code(self) -> int:
        """The process's exit code that says this status."""
        return {Status.FAIL: EXIT_NO, Status.UNKNOWN: EXIT_UNKNOWN}.get(self, EXIT_PASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands in a file. `line` and `column` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer of one policy or check.

    `rule` is the name in POLICIES or CHECKS. `path` names a node of the stack
    ("render.services.api.scaling.max") or a generated document ("render.yaml"); `place` is filled
    in by the command, which knows the file. `message` says what is, with values; `why` why it
    matters; `hint` the next thing to do, in the imperative; `see` is a URL.
    """

    rule: str
    status: Status
    message: str
    path: str = ""
    why: str = ""
    hint: str = ""
    see: str = ""
    place: Place | None = None

    def at(self, place: Place | None) -> "Finding":
        """The same finding, placed."""
        return replace(self, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The sum of the findings about one subject: a target, a document, a stack."""

    subject: str
    findings: Sequence[Finding] = ()
    note: str = ""

    @property
    def status(self) -> Status:
        """The worst status among the findings; PASS where there are none."""
        return max((finding.status for finding in self.findings), default=Status.PASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows to be laid out by a formatter; every cell is text as it should read."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A block of text to be shown as it is: a diff, a timeline. `language` names its syntax."""

    title: str
    text: str
    language: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All verdicts of one command, with what a reader should see beside them.

    `command` is the name of the command; `conclusion` one line that stands for the whole;
    `outputs` become the action's outputs (snake-free names such as `released-revision`); `details`
    are JSON values for programs alone, beside what people read.
    """

    command: str
    conclusion: str
    verdicts: Sequence[Verdict] = ()
    tables: Sequence[Table] = ()
    excerpts: Sequence[Excerpt] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """The worst status among the verdicts."""
        return max((verdict.status for verdict in self.verdicts), default=Status.PASS)
