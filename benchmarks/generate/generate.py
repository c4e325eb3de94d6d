"""Measures `keepwell generate` and `keepwell --help` as whole processes, medians of 7.

Required: help within 0.1 s, generate within 0.3 s for stack.yaml, and 200 services in at most 4
times the time of 20. The floor is a process that only imports what generate needs. Exits 1 when it
misses one.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
RUNS = 7
HELP_S = 0.1
GENERATE_S = 0.3
GROWTH = 4.0
FLOOR = ("-c", "import click, yaml, pydantic, jinja2.sandbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; without a limit it is there to compare with."""

    name: str
    measured: float
    limit: float | None = None
    unit: str = " s"

    @property
    def is_met(self) -> bool:
        return self.limit is None or self.measured <= self.limit


def median_s(*arguments: str) -> float:
    """Seconds that a process with these arguments takes, after one that warms the caches."""
    command = [sys.executable, *arguments]
    durations_s = []
    for _ in range(RUNS + 1):
        started_s = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, timeout=60)
        durations_s.append(time.perf_counter() - started_s)
    return statistics.median(durations_s[1:])


def generate_s(stack: Path, folder: Path) -> float:
    """Seconds to generate from this stack file into a folder where nothing has changed."""
    output = str(folder / stack.stem)
    return median_s("-m", "keepwell", "generate", "--stack", str(stack), "--output", output)


def stack_of(count: int, folder: Path) -> Path:
    """stack.yaml with so many services: its own, and workers like its worker."""
    stack: dict[str, Any] = yaml.safe_load((ROOT / "stack.yaml").read_text())
    del stack["environments"]
    services = stack["render"]["services"]
    for number in range(count - len(services)):
        services[f"worker-{number}"] = services["ai-worker"]
    path = folder / f"stack-{count}.yaml"
    dumper = yaml.SafeDumper
    dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]
    path.write_text(yaml.dump(stack, Dumper=dumper, sort_keys=False))
    return path


def measure(folder: Path) -> list[Row]:
    """Every row of the table."""
    few, many = (generate_s(stack_of(count, folder), folder) for count in (20, 200))
    return [
        Row(name="floor: imports alone", measured=median_s(*FLOOR)),
        Row(name="keepwell --help", measured=median_s("-m", "keepwell", "--help"), limit=HELP_S),
        Row(
            name="keepwell generate, stack.yaml",
            measured=generate_s(ROOT / "stack.yaml", folder),
            limit=GENERATE_S,
        ),
        Row(name="keepwell generate, 20 services", measured=few),
        Row(name="keepwell generate, 200 services", measured=many),
        Row(name="200 services against 20", measured=many / few, limit=GROWTH, unit=" x"),
    ]


def show(rows: Sequence[Row]) -> None:
    """Prints the table."""
    for row in rows:
        limit = "" if row.limit is None else f"at most {row.limit:g}{row.unit}"
        verdict = "" if row.limit is None else "ok" if row.is_met else "MISSED"
        print(f"{row.name:<34}{row.measured:>8.3f}{row.unit}  {limit:<14}  {verdict}".rstrip())


def main() -> int:
    """Measures, prints, and answers 1 where a limit is missed."""
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder))
    show(rows)
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
