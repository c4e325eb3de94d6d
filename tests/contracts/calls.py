"""Which calls of which vendor the contract tests saw, and who describes each: kept in calls.txt.

The file lets the README count without the official descriptions; a test compares it with what is
seen, and `--update-golden` writes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.contracts.described import Exchange, operation_of
from tests.contracts.descriptions import Descriptions

FILE = Path(__file__).parent / "calls.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many calls are described by their vendor, and how many by us."""

    official: int
    ours: int


def counts() -> Counts:
    """Over all vendors, from the file."""
    by = [line.split()[1] for line in FILE.read_text().splitlines()]
    return Counts(official=by.count("vendor"), ours=by.count("ours"))


def listed(vendor: str) -> tuple[str, ...]:
    """The lines of a vendor."""
    return tuple(line for line in FILE.read_text().splitlines() if line.split()[0] == vendor)


def seen(
    vendor: str, exchanges: Sequence[Exchange], *, descriptions: Descriptions
) -> tuple[str, ...]:
    """The lines that the file should have of a vendor."""
    found = (operation_of(each, descriptions) for each in exchanges)
    by = {True: "vendor", False: "ours"}
    lines = {
        f"{vendor:<13}{by[each.is_official]:<7}{each.name}{f' ({each.when})' if each.when else ''}"
        for each in found
        if each is not None
    }
    return tuple(sorted(lines))


def write(lines: Mapping[str, Sequence[str]]) -> None:
    """Writes the lines of some vendors, and leaves the others as they are."""
    kept = [
        line
        for line in (FILE.read_text() if FILE.exists() else "").splitlines()
        if line.split()[0] not in lines
    ]
    new = [line for part in lines.values() for line in part]
    FILE.write_text("".join(f"{line}\n" for line in sorted([*kept, *new])))
