"""A temporary folder for one server that disappears with it, even when this process is killed.

What it does not do: start or stop the server; it is told which process to end.
"""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from keepwell.rehearsal.servers import watchdog

_ENDS_WITHIN_S = 10.0


class Guard:
    """The folder, and the watchdog that ends the watched process and removes the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pid = 0
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__, str(folder)],
            stdin=subprocess.PIPE,
            cwd="/",
            start_new_session=True,
        )

    def watch(self, pid: int) -> None:
        """Makes `pid` the process that must not outlive this one; 0 means that there is none."""
        self._pid = pid
        pipe = self._watchdog.stdin
        if pipe:
            with suppress(BrokenPipeError):
                pipe.write(b"%d\n" % pid)
                pipe.flush()

    def close(self) -> None:
        """Ends the watched process with its descendants and removes the folder."""
        watchdog.sweep(self._pid, self.folder)
        self.watch(0)
        try:
            with suppress(BrokenPipeError):
                self._watchdog.communicate(timeout=_ENDS_WITHIN_S)
        finally:
            self._watchdog.kill()
            self._watchdog.wait()


@contextmanager
def guarded_folder(*, name: str, owner: pwd.struct_passwd | None) -> Iterator[Guard]:
    """A new folder that belongs to `owner` (None: to this user), gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix=f"keepwell-{name}-", dir=_place(owner)))
    guard = Guard(folder)
    try:
        give(folder, owner=owner)
        yield guard
    finally:
        guard.close()


def give(path: Path, *, owner: pwd.struct_passwd | None) -> None:
    """Makes a file, or a folder with all that it holds, belong to `owner`; None changes nothing."""
    if owner is None:
        return
    for each in [path, *path.rglob("*")]:
        os.chown(each, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def is_open_to_all(path: Path) -> bool:
    """Whether a user without any rights of its own can reach and read what stands there."""
    can_read = path.stat().st_mode & 0o005 == 0o005
    return can_read and all(above.stat().st_mode & 0o001 for above in path.parents)


def _place(owner: pwd.struct_passwd | None) -> str:
    """The folder for temporary files, unless another owner could not reach it."""
    usual = Path(tempfile.gettempdir()).resolve()
    return str(usual) if owner is None or is_open_to_all(usual) else "/tmp"  # noqa: S108 - last resort
