"""`python -m keepwell`, and the entry point of the script `keepwell`."""

import sys

from keepwell.cli import main as run


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    sys.exit(run())


if __name__ == "__main__":
    main()
