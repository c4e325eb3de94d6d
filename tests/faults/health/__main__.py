"""The fault matrix of /health: `python -m tests.faults.health [--only TEXT]`.

Each scenario has servers, lines and a service of its own; every path is asked ten times a second
before, during and after its fault. Progress goes to stderr, wrong answers and the table to stdout.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from tests.faults.health.catalogue import SCENARIOS
from tests.faults.health.matrix import outcomes


def main(arguments: Sequence[str]) -> int:
    """Plays everything, tells what is wrong, and answers 1 where something is."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.health")
    parser.add_argument("--only", default="", help="play those whose name holds this")
    options = parser.parse_args(arguments)
    names = [each.name for each in SCENARIOS if options.only in each.name]
    started_s, wrong = time.monotonic(), 0
    for outcome in outcomes(names):
        wrong += bool(outcome.wrongs)
        print(f"{time.monotonic() - started_s:4.0f} s {outcome}", file=sys.stderr, flush=True)
    print(f"{len(names)} scenarios, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
