"""A program of the stack, run on this machine until the block that started it ends."""

import http.client
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keepwell.clock import SystemClock
from keepwell.errors import KeepwellError
from keepwell.rehearsal.servers import watchdog
from keepwell.rehearsal.servers.guard import guarded_folder

LOOPBACK = "127.0.0.1"

_READY_WITHIN_S = 20.0
_POLL_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run and where. `environ` is all that it gets beside PATH and what Python needs."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    folder: Path


@contextmanager
def running(program: Program, *, is_ready: Callable[[], bool]) -> Iterator[int]:
    """Runs the program until the block ends, however it ends; gives its process id once ready.

    Raises:
        KeepwellError: it ended, or was not ready in time; the message ends with what it said.
    """
    with guarded_folder(name=program.name, owner=None) as guard:
        log = guard.folder / "output.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=program.folder,
                env={**_python(program.folder), **program.environ},
                start_new_session=True,
            )
        guard.watch(process.pid)
        try:
            _wait_until(is_ready, process=process, log=log)
            yield process.pid
        finally:
            watchdog.kill(process.pid)
            guard.watch(0)
            process.wait()


def _python(folder: Path) -> dict[str, str]:
    """Variables by which a Python finds the folder's modules, and those that this one finds."""
    paths = [str(folder), *(path for path in sys.path if path)]
    return {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(paths)}


def answers(port: int, *, path: str) -> bool:
    """Whether a server on loopback answers a GET with 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _wait_until(
    is_ready: Callable[[], bool], *, process: "subprocess.Popen[bytes]", log: Path
) -> None:
    clock = SystemClock()
    give_up_s = clock.monotonic_s() + _READY_WITHIN_S
    while not is_ready():
        if process.poll() is not None or clock.monotonic_s() > give_up_s:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise KeepwellError(f"{process.args!r} did not start: {said}")
        clock.sleep(_POLL_S)
