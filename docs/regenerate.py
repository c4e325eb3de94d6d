"""Brings the generated parts of README.md up to date, or with --check says what is stale.

A part stands between `<!-- table: NAME -->` or `<!-- example: NAME -->` and `<!-- end -->`. Tables
come from the registries; examples are what the commands printed when they were run just now. What
differs from run to run (times, addresses, ports) is compared as `#`.
"""

import difflib
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from docs.examples_printed import EXAMPLES
from keepwell.checks import CHECKS
from keepwell.policies import POLICIES
from keepwell.policies._render_numbers import NUMBERED
from keepwell.reports.escaping import one_line

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PART = re.compile(r"(<!-- (table|example): ([a-z-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
VOLATILE = re.compile(r"\b[0-9a-f]{7,}\b|\d[\d.:TZ+-]*")
PADDING = re.compile(r"[ -]{2,}")


def rules_table(registry: Mapping[str, object], methods: tuple[str, ...]) -> str:
    """A Markdown table of titles and explanations, from the docstrings."""
    rows = [
        f"| `{name}` | {title(rule)} | {explanation(rule, methods)} |\n"
        for name, rule in registry.items()
    ]
    return "| name | what it says | why and how |\n|---|---|---|\n" + "".join(rows)


def numbered_table() -> str:
    """Which policy judges each of Render's rules, or why none does."""
    rows = [
        f"| {number} | {cell(each.title)} | {f'`{each.judged_by}`' if each.judged_by else '-'} "
        f"| {cell(each.reason)} |\n"
        for number, each in NUMBERED.items()
    ]
    return "| | rule | judged by | note |\n|---|---|---|---|\n" + "".join(rows)


def title(rule: object) -> str:
    """The first sentence of the class's docstring."""
    return cell(type(rule).__doc__)


def explanation(rule: object, methods: tuple[str, ...]) -> str:
    """The docstrings of the methods that the rule has."""
    found = [getattr(type(rule), name, None) for name in methods]
    return " ".join(cell(method.__doc__) for method in found if method is not None)


def cell(docstring: str | None) -> str:
    """A docstring as one cell of a table: its first paragraphs, without the formal sections."""
    text = re.split(r"\n\s*(?:Source|Sources|Raises|Args|Returns):", docstring or "")[0]
    return one_line(" ".join(text.split())).replace("|", "\\|")


PARTS: Mapping[str, Callable[[], str]] = {
    "policies": lambda: rules_table(POLICIES, ("on_stack", "on_documents")),
    "checks": lambda: rules_table(CHECKS, ("look",)),
    "render-rules": numbered_table,
    **EXAMPLES,
}


def regenerated(text: str) -> str:
    """The text with every part made anew."""
    return PART.sub(lambda found: f"{found[1]}{PARTS[found[3]]()}{found[5]}", text)


def steady(text: str) -> list[str]:
    """The lines, without what differs from run to run."""
    return PADDING.sub(" ", VOLATILE.sub("#", text)).splitlines(keepends=True)


def main(arguments: list[str]) -> int:
    """Writes README.md, or compares it."""
    before = README.read_text()
    after = regenerated(before)
    if arguments != ["--check"]:
        README.write_text(after)
        return 0
    difference = list(difflib.unified_diff(steady(before), steady(after), "README.md", "now"))
    sys.stdout.writelines(difference)
    if difference:
        sys.stderr.write("README.md is stale: run make generate\n")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
