"""Errors that keepwell expects, each with its message, its hint and its exit code.

    KeepwellError            exit 2 unless a subclass says otherwise
      UsageError      2      an option or argument is wrong
      StackError      2      stack.yaml (or a template) is wrong; holds every problem, not the first
      ApiError        3      a vendor's API did not give an answer that can be used
      CouldNotTell    3      the question has no answer yet: not rolled out, monitor offline
      Refused         1      the answer is no: unhealthy, stale, a policy failed

Anything else that reaches the command line is a bug of ours (exit 70). What a user's own service
answers, or fails to answer, is never an exception: that is data (`model.probe.Sample`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

EXIT_PASS = 0
EXIT_NO = 1
EXIT_USAGE = 2
EXIT_UNKNOWN = 3
EXIT_BUG = 70
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


class KeepwellError(Exception):
    """An expected failure: what happened, the next thing to do, where to read more."""

    exit_code = EXIT_USAGE

    def __init__(self, message: str, *, hint: str = "", see: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.see = see


class UsageError(KeepwellError):
    """An option, argument or variable is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing that is wrong in one place of a file. `line` and `column` count from 1."""

    path: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class StackError(KeepwellError):
    """stack.yaml is wrong; `problems` holds everything found, in the order of the file."""

    def __init__(self, message: str, *, problems: Sequence[Problem] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint, see="README.md#stackyaml")
        self.problems = tuple(problems)


class ApiError(KeepwellError):
    """A vendor's API did not give an answer that can be used."""

    exit_code = EXIT_UNKNOWN


class CouldNotTell(KeepwellError):  # noqa: N818 - an outcome, not a fault
    """The question has no answer yet."""

    exit_code = EXIT_UNKNOWN


class Refused(KeepwellError):  # noqa: N818 - an outcome, not a fault
    """The answer is no."""

    exit_code = EXIT_NO
