"""Measures `keepwell generate` and `keepwell --help` as whole processes, medians of 7.

Required: help within 0.1 s, generate within 0.3 s for stack.yaml, and 200 services in at most 4
times the time of 20. The floor is a process that only imports what generate needs. Beside each time
stands that of the processor: where the two lie far apart, the machine was busy with something else.
Exits 1 when it misses one.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
RUNS = 7
HELP_S = 0.1
GENERATE_S = 0.3
GROWTH = 4.0
ENVIRON = {  # with bytecode kept between processes, as on a user's machine
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
FLOOR = ("-c", "import click, yaml, pydantic, jinja2.sandbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a process took, on the clock and of the processor."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; without a limit it is there to compare with."""

    name: str
    measured: str
    is_met: bool = True
    limit: str = ""


def take(*arguments: str) -> Taken:
    """Medians of a process with these arguments, after one that warms the caches."""
    runs = [once(*arguments) for _ in range(RUNS + 1)][1:]
    return Taken(
        wall_s=statistics.median(run.wall_s for run in runs),
        cpu_s=statistics.median(run.cpu_s for run in runs),
    )


def once(*arguments: str) -> Taken:
    """One process from start to end."""
    before, started_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=ENVIRON, timeout=60
    )
    wall_s, after = time.perf_counter() - started_s, resource.getrusage(resource.RUSAGE_CHILDREN)
    user_s, system_s = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return Taken(wall_s=wall_s, cpu_s=user_s + system_s)


def generate(stack: Path, folder: Path) -> Taken:
    """Generates from this stack file into a folder where nothing has changed."""
    output = str(folder / stack.stem)
    return take("-m", "keepwell", "generate", "--stack", str(stack), "--output", output)


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


def row(name: str, taken: Taken, *, limit_s: float | None = None) -> Row:
    """A line about one process."""
    measured = f"{taken.wall_s:.3f} s ({taken.cpu_s:.3f})"
    if limit_s is None:
        return Row(name=name, measured=measured)
    is_met = taken.wall_s <= limit_s
    return Row(name=name, measured=measured, limit=f"at most {limit_s:g} s", is_met=is_met)


def measure(folder: Path) -> Iterator[Row]:
    """Every row of the table, as soon as it is known."""
    yield row("floor: imports alone", take(*FLOOR))
    yield row("keepwell --help", take("-m", "keepwell", "--help"), limit_s=HELP_S)
    own = generate(ROOT / "stack.yaml", folder)
    yield row("keepwell generate, stack.yaml", own, limit_s=GENERATE_S)
    few, many = (generate(stack_of(count, folder), folder) for count in (20, 200))
    yield row("keepwell generate, 20 services", few)
    yield row("keepwell generate, 200 services", many)
    growth = many.wall_s / few.wall_s
    yield Row(
        name="200 services against 20",
        measured=f"{growth:.2f} x",
        limit=f"at most {GROWTH:g} x",
        is_met=growth <= GROWTH,
    )


def show(found: Row) -> None:
    """Prints one line of the table."""
    verdict = "" if not found.limit else "ok" if found.is_met else "MISSED"
    line = f"{found.name:<34}{found.measured:<18}{found.limit:<16}{verdict}"
    print(line.rstrip(), flush=True)


def main() -> int:
    """Measures, prints, and answers 1 where a limit is missed."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for found in measure(Path(folder)):
            show(found)
            missed += not found.is_met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
