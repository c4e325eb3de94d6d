"""The fault matrix of /health: `python -m tests.faults.health [--only TEXT] [--page FILE]`.

Each scenario has servers, lines and a service of its own; every path is asked ten times a second
before, during and after its fault. Progress and what is wrong go to stderr, the table to stdout.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faults.health.catalogue import SCENARIOS
from tests.faults.health.fleet import FLEETS, Toll
from tests.faults.health.matrix import outcomes
from tests.faults.health.page import fleet_table, page, table
from tests.faults.health.playing import Outcome


def main(arguments: Sequence[str]) -> int:
    """Plays everything, prints the table, and answers 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.health")
    parser.add_argument("--only", default="", help="play those whose name holds this")
    parser.add_argument("--page", type=Path, help="write the page of the docs to this file")
    options = parser.parse_args(arguments)
    played = _play(options.only)
    tables = (
        table(
            [each for each in played if isinstance(each, Outcome)],
            {each.name: each for each in SCENARIOS},
        ),
        fleet_table([each for each in played if isinstance(each, Toll)]),
    )
    wrong = sum(bool(each.wrongs) for each in played)
    last_line = f"{len(played)} scenarios, {wrong} wrong"
    print("\n".join((*tables, last_line)))
    if options.page:
        options.page.write_text(page(tables, last_line=last_line, cores=os.cpu_count() or 1))
    return 1 if wrong else 0


def _play(only: str) -> Sequence[Outcome | Toll]:
    names = [each.name for each in SCENARIOS if only in each.name]
    fleets = [each for each in FLEETS if only in each.scenario]
    started_s = time.monotonic()
    played: list[Outcome | Toll] = []
    for each in outcomes(names, fleets):
        played.append(each)
        progress = f"{time.monotonic() - started_s:4.0f} s {len(played)}/{len(names + fleets)}"
        print(f"{progress} {each}", file=sys.stderr, flush=True)
    return played


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
