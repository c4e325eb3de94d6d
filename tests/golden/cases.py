"""The golden cases: a stack file, an environment, and the folder of what must come out."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One stack file in one environment. What it must become stands in `expected`."""

    name: str
    stack: Path
    expected: Path
    environment: str | None = None


def _own(name: str) -> Case:
    folder = _HERE / name
    return Case(name=name, stack=folder / "stack.yaml", expected=folder / "expected")


CASES = (
    Case(name="production", stack=ROOT / "stack.yaml", expected=ROOT / "generated"),
    Case(
        name="staging",
        stack=ROOT / "stack.yaml",
        expected=_HERE / "staging" / "expected",
        environment="staging",
    ),
    _own("minimal"),
    _own("pro"),
    _own("loud"),
)
