"""Measures `keepwell plan` of stack.yaml against stand-ins that take 50 ms to answer.

Required: at most 3 round trips and twice what importing the same libraries takes in a bare process.
Both are medians of runs that take turns, so that a busy machine slows both. Beside the times it
prints how many calls each vendor got, which is part of the budget: cron-job.org gives 100 a day.
Exits 1 when it misses one.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.faults.stage import Stage

RUNS = 9
LATENCY_S = 0.05
ROUND_TRIPS = 3
IMPORTS = 2
MOST_CALLS: Mapping[str, int] = {
    "render": 13,  # a page of each of 4 lists, the owner, and of 2 services and 1 group the details
    "supabase": 8,
    "cloudflare": 9,  # of rules and settings 6, of records 2, and one for a setting not in the list
    "cron-job-org": 2,
}
LIBRARIES = (
    "click, yaml, pydantic, jinja2.sandbox, httpx, requests, octodns.zone, octodns.record, "
    "octodns_cloudflare"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; without a limit it is there to compare with."""

    name: str
    measured: str
    is_met: bool = True
    limit: str = ""


def once(arguments: tuple[str, ...], *, environ: Mapping[str, str], folder: str) -> float:
    """One process from start to end, in seconds."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    started_s = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        env={**kept, **environ},
        timeout=60,
    )
    return time.perf_counter() - started_s


def measure(stage: Stage) -> Iterator[Row]:
    """Every row of the table."""
    job = stage.plan("--allow-large")
    plan = ("-m", "keepwell", "--no-progress", *job.arguments)
    floor = ("-c", f"import {LIBRARIES}")
    floors, plans = [], []
    for number in range(RUNS + 1):
        for desk in stage.desks.values():
            desk.journal.clear()
        pair = [once(each, environ=job.environ, folder=job.folder) for each in (floor, plan)]
        if number:  # the first warms the caches
            floors.append(pair[0])
            plans.append(pair[1])
    floor_s, plan_s = statistics.median(floors), statistics.median(plans)
    limit_s = ROUND_TRIPS * LATENCY_S + IMPORTS * floor_s
    yield Row(name="floor: imports alone", measured=f"{floor_s:.3f} s")
    yield Row(
        name="keepwell plan, stack.yaml",
        measured=f"{plan_s:.3f} s",
        limit=f"at most {limit_s:.3f} s",
        is_met=plan_s <= limit_s,
    )
    for vendor, desk in stage.desks.items():
        most = MOST_CALLS[vendor]
        reads = [each for each in desk.journal if each.query != "dry_run=true"]
        yield Row(
            name=f"calls to {vendor}",
            measured=f"{len(reads)} and {len(desk.journal) - len(reads)} dry runs",
            limit=f"at most {most}",
            is_met=len(reads) <= most,
        )


def show(found: Row) -> None:
    """Prints one line of the table."""
    verdict = "" if not found.limit else "ok" if found.is_met else "MISSED"
    print(f"{found.name:<34}{found.measured:<18}{found.limit:<18}{verdict}".rstrip(), flush=True)


def main() -> int:
    """Measures, prints, and answers 1 where a limit is missed."""
    missed = 0
    with Stage(latency_s=LATENCY_S) as stage:
        for found in measure(stage):
            show(found)
            missed += not found.is_met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
