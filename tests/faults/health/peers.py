"""The same faults against five libraries: `python -m tests.faults.health.peers [--page FILE]`.

Each library serves as its own documentation mounts it (benchmarks/health_peers), from an
environment of its own, and gets 6 s for each probe; keepwell is asked in the same way. A fault is
told rightly where every probe gets an answer that is no success within Render's 5 s.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from tests.faults.health.catalogue import SCENARIOS
from tests.faults.health.environments import PEERS, environment
from tests.faults.health.probing import Sample, burst, take
from tests.faults.health.render_rules import ANSWER_WITHIN_S
from tests.faults.health.scenario import Scenario
from tests.faults.health.stage import KEEPWELL, ROOT, Service, Stage

FAULTS: Sequence[str] = (
    "postgres is killed",
    "postgres is frozen",
    "postgres is frozen, and 200 probes come at once",
    "postgres has no connection left",
    "postgres is read-only, its disk is full",
    "postgres comes back as a standby",
    "postgres swallows what is said to it",
    "postgres loses the packets of each handshake",
    "redis is killed",
    "redis is frozen",
    "redis is out of memory",
    "redis is a replica that takes no writes",
)
LIMIT_S = 6.0
SETTLES_S = 4.0
PROBES = 3
RECOVERS_WITHIN_S = 30.0
AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one library said under one fault, and how long after its end it was well again."""

    library: str
    fault: str
    samples: Sequence[Sample]
    recovered_s: float | None

    @property
    def is_right(self) -> bool:
        """Whether each probe got its no in time."""
        return all(each.status >= 400 and each.took_s <= ANSWER_WITHIN_S for each in self.samples)

    def __str__(self) -> str:
        worst = max(self.samples, key=lambda each: (200 <= each.status < 400, each.took_s))
        if 200 <= worst.status < 400:
            return f"**{worst.status}**, false"
        if worst.status == 0:
            return f"**none** in {LIMIT_S:.0f} s"
        told = f"{worst.status} in {worst.took_s:.1f} s"
        return told if self.is_right else f"**{told}**"


def service(name: str) -> Service:
    """How a library is served."""
    if name == "keepwell":
        return KEEPWELL
    folder = ROOT / "benchmarks" / "health_peers" / name
    program, python = PEERS[name], environment(folder)
    return Service(
        command=(str(python), "-m", *program),
        folder=folder,
        environ={"PYTHONPATH": str(folder)},
        ready_path="/health",
    )


def play(library: str, fault: str) -> Cell:
    """Plays one fault before one library."""
    scenario = next(each for each in SCENARIOS if each.name == fault)
    with Stage(replace(scenario.setup, service=service(library))) as stage:
        stage.start_app()
        breaking = scenario.play(stage)
        next(breaking)
        time.sleep(SETTLES_S)
        samples = [*_probes(stage.port, scenario)]
        next(breaking, None)
        recovered_s = _recovered_s(stage.port)
    cell = Cell(library=library, fault=fault, samples=samples, recovered_s=recovered_s)
    print(f"{library}: {fault}: {cell}", file=sys.stderr, flush=True)
    return cell


def _probes(port: int, scenario: Scenario) -> Iterator[Sample]:
    if scenario.burst:
        yield from burst(port, "/health", count=scenario.burst, give_up_s=LIMIT_S)
        return
    for _ in range(PROBES):
        yield take(port, "/health", give_up_s=LIMIT_S)


def _recovered_s(port: int) -> float | None:
    mended_s = time.monotonic()
    while (now_s := time.monotonic()) < mended_s + RECOVERS_WITHIN_S:
        if 200 <= take(port, "/health", give_up_s=LIMIT_S).status < 400:
            return now_s - mended_s
        time.sleep(0.1)
    return None


def table(cells: Sequence[Cell]) -> str:
    """A row for each fault, a column for each library, and their sums."""
    libraries = ["keepwell", *PEERS]
    by_place = {(each.library, each.fault): each for each in cells}
    rows = [[fault, *(str(by_place[name, fault]) for name in libraries)] for fault in FAULTS]
    own = [[each for each in cells if each.library == name] for name in libraries]
    rows.append(["told in time", *(f"{sum(e.is_right for e in of)} of {len(of)}" for of in own)])
    rows.append(["well again, at the latest", *(_latest(of) for of in own)])
    head = ["fault", *libraries]
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _latest(cells: Sequence[Cell]) -> str:
    known = [each.recovered_s for each in cells if each.recovered_s is not None]
    is_all = len(known) == len(cells)
    return f"{max(known):.1f} s" if is_all else f"not within {RECOVERS_WITHIN_S:.0f} s"


def main(arguments: Sequence[str]) -> int:
    """Prints the table; 1 where keepwell itself told a fault wrongly."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.health.peers")
    parser.add_argument("--page", type=Path, help="write the table to this file of the docs")
    options = parser.parse_args(arguments)
    for name in PEERS:
        service(name)  # one environment after the other
    pairs = [(name, fault) for fault in FAULTS for name in ("keepwell", *PEERS)]
    # Processes: 200 probes at once must not wait for each other's Python.
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
        cells = [*pool.map(play, *zip(*pairs, strict=True))]
    text = table(cells)
    wrong = sum(not each.is_right for each in cells if each.library == "keepwell")
    print(f"{text}\n{len(FAULTS)} faults, keepwell told {wrong} wrong")
    if options.page:
        options.page.write_text(f"{_INTRO}{text}")
    return 1 if wrong else 0


_INTRO = """\
# The same faults before other health libraries

Printed by `make faults-health-peers`. Each library is mounted as its own documentation does it
(`benchmarks/health_peers`), in an environment of its own, and asked 4 s after the fault began:
three probes one after the other, or 200 at once, 6 s for each. Bold is what Render would take
wrongly: a success while a dependency cannot be used, or no answer within 5 s. The figures are
those of one run.

"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
