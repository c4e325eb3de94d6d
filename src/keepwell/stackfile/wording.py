"""Small texts that the messages about a stack file are made of; nothing raw from the file."""

import difflib
from collections.abc import Iterable

from keepwell.errors import Problem
from keepwell.model.verdict import Place

LONGEST_SHOWN = 60


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


def count(number: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def problem_at(place: Place, message: str, *, hint: str = "") -> Problem:
    """A problem in that place."""
    return Problem(
        path=place.file, line=place.line, column=place.column, message=message, hint=hint
    )
