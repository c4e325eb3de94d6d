"""A fork server: what is killed is a real process, and the time for importing is spent only once."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO

ROOT = Path(__file__).parents[2]
FACTOR = 400.0
"""Seconds that pass for keepwell, and for the stand-ins, while one passes on the wall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One command line, its environment, and the file that takes what it says."""

    arguments: Sequence[str]
    environ: Mapping[str, str]
    folder: str
    output: str


class Zygote:
    """A process that has imported keepwell with all its clients, and forks itself for each job."""

    def __init__(self) -> None:
        self._process: Popen[str] = Popen(
            [sys.executable, "-m", "tests.faults.child"],
            stdin=PIPE,
            stdout=PIPE,
            text=True,
            cwd=ROOT,
        )

    def start(self, job: Job) -> int:
        """Forks; answers the process id of the run."""
        stdin = _there(self._process.stdin)
        stdin.write(json.dumps(asdict(job)) + "\n")
        stdin.flush()
        return int(self._read())

    def wait(self) -> int:
        """The exit code of the run; negative where a signal ended it."""
        return int(self._read())

    def run(self, job: Job) -> int:
        """Forks and waits."""
        self.start(job)
        return self.wait()

    def close(self) -> None:
        """Ends the process."""
        _there(self._process.stdin).close()
        self._process.wait(timeout=60)
        _there(self._process.stdout).close()

    def _read(self) -> str:
        line = _there(self._process.stdout).readline()
        if not line:
            raise ChildProcessError("the process that forks has ended")
        return line


def _there(stream: IO[str] | None) -> IO[str]:
    assert stream is not None, "both ends are pipes"
    return stream
