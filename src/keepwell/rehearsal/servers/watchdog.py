"""Ends a server and removes its folder once whoever started it is gone, however it went.

Runs as a program of its own, alone (`python -I -S watchdog.py FOLDER`), in its own session: an
interrupt in the terminal does not reach it, and when its parent is killed the pipe that is its
standard input closes. Each line of that pipe is the process id to watch from now on, 0 for none.
It also holds what its parent needs to signal all processes of a server. It reads /proc, so it
works on Linux; it does not decide when a server stops.
"""

import ctypes
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_GONE_WITHIN_S = 5.0


def processes_of(pid: int) -> list[int]:
    """The process and all that descend from it, eldest first; those that ended do not count."""
    parents = _parents()
    family = [pid] if pid in parents else []
    for elder in family:  # grows while it is walked
        family.extend(child for child, parent in parents.items() if parent == elder)
    return family


def freeze(pid: int) -> list[int]:
    """Stops the process and its descendants; the answer names them, eldest first.

    The eldest stops first: from then on it starts no process that the list would miss. A process
    group is not enough, because each Postgres backend leads a group of its own.
    """
    _signal([pid], signal.SIGSTOP)
    family = processes_of(pid)
    _signal(family, signal.SIGSTOP)
    return family


def thaw(pid: int) -> None:
    """Lets the process and its descendants run again, the eldest last."""
    _signal(reversed(processes_of(pid)), signal.SIGCONT)


def kill(pid: int) -> None:
    """Kills the process and its descendants, and waits until they are gone."""
    family = freeze(pid)
    _signal(family, signal.SIGKILL)
    give_up_s = time.monotonic() + _GONE_WITHIN_S
    while not _parents().keys().isdisjoint(family) and time.monotonic() < give_up_s:
        time.sleep(0.005)  # noqa: TID251 - runs alone, without keepwell's clock


def sweep(pid: int, folder: Path) -> None:
    """Kills the process and its descendants if `pid` is not 0, and removes the folder."""
    if pid:
        kill(pid)
    for lock in folder.glob("*/postmaster.pid"):
        _free_shared_memory(lock)
    shutil.rmtree(folder, ignore_errors=True)


def _parents() -> dict[int, int]:
    """Each running process with its parent. A zombie has ended: only its exit code is left."""
    found: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_bytes().rpartition(b")")[2].split()[:2]
            if state not in b"ZX":
                found[int(stat.parent.name)] = int(parent)
    return found


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _free_shared_memory(lock: Path) -> None:
    """Frees the System V segment that a killed Postgres leaves in the kernel; its lock names it.

    Source: https://www.postgresql.org/docs/current/kernel-resources.html (read 2026-11)
    """
    with suppress(OSError, IndexError, ValueError):
        segment = int(lock.read_text(encoding="ascii").splitlines()[6].split()[1])
        ctypes.CDLL(None).shmctl(segment, 0, None)  # 0 is IPC_RMID


def _main() -> None:
    pid = 0
    for line in sys.stdin:
        pid = int(line)
    sweep(pid, Path(sys.argv[1]))


if __name__ == "__main__":
    _main()
