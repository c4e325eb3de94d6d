"""Small texts that the messages about a stack file are made of; nothing raw from the file."""

import difflib
from collections.abc import Iterable

from keepwell.errors import Problem, StackError
from keepwell.model.verdict import Place

LONGEST_SHOWN = 60
MOST_SHOWN = 100
HOW_TO_BEGIN = "begin with `version: 1`; `keepwell schema` describes the rest"


def printable(text: object) -> str:
    """The text with control characters escaped, cut to what a line can hold."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode()
        for sign in str(text)[: LONGEST_SHOWN * 4]
    )


def key_shown(key: str) -> str:
    """A key in backticks, cut where it is long."""
    dots = "…" if len(key) > LONGEST_SHOWN else ""
    return f"`{printable(key[:LONGEST_SHOWN])}{dots}`"


def listed(names: Iterable[str]) -> str:
    """Names in backticks, with commas."""
    return ", ".join(key_shown(name) for name in names)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was probably meant to be."""
    found = difflib.get_close_matches(name[:LONGEST_SHOWN], list(known), n=1)
    return found[0] if found else None


def problem_at(place: Place, message: str, *, hint: str = "") -> Problem:
    """A problem in that place."""
    return Problem(
        path=place.file, line=place.line, column=place.column, message=message, hint=hint
    )


def stack_error(file: str, problems: Iterable[Problem]) -> StackError:
    """The error that holds the problems, each once, in the order of the file."""
    distinct = sorted(set(problems))
    total = "1 problem" if len(distinct) == 1 else f"{len(distinct)} problems"
    if len(distinct) > MOST_SHOWN:
        total = f"more than {MOST_SHOWN} problems; the first are shown"
    return StackError(f"{printable(file)}: {total}", problems=distinct[:MOST_SHOWN])
