"""A real Postgres on loopback, with new and throwaway data, for rehearsals and tests.

Writes are not forced to disk, so it starts within a second and must hold nothing of value. It
offers what core Postgres offers: the build from the wheel has neither TLS nor pgcrypto.
"""

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keepwell.errors import KeepwellError
from keepwell.rehearsal.servers.binaries import find_postgres
from keepwell.rehearsal.servers.guard import Guard, give, guarded_folder, is_open_to_all
from keepwell.rehearsal.servers.server import ENVIRONMENT, LOOPBACK, Launch, Server, free_port

_SUPERUSER = "postgres"
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "dynamic_shared_memory_type": "mmap",  # in its own folder, so that nothing stays in /dev/shm
    "shared_buffers": "16MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postgres(Server):
    """A running Postgres. `dsn` holds the superuser's password, which is new for each server."""

    def __init__(self, launch: Launch, *, password: str) -> None:
        super().__init__(launch)
        self.data_dir = launch.guard.folder / "pgdata"
        self.dsn = f"postgresql://{_SUPERUSER}:{password}@{LOOPBACK}:{launch.port}/postgres"

    def is_ready(self) -> bool:
        """Whether its lock file says so, for the process that runs now.

        Source: https://www.postgresql.org/docs/current/storage-file-layout.html (read 2026-11)
        """
        lock = self.data_dir / "postmaster.pid"
        try:
            lines = lock.read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(self._pid()) and lines[7].strip() == "ready"


@contextmanager
def start_postgres(*, port: int | None = None, binaries: Path | None = None) -> Iterator[Postgres]:
    """A Postgres that is ready, gone with its data when the block ends, however it ends.

    Args:
        port: the TCP port on 127.0.0.1; None takes a free one.
        binaries: the folder of `postgres` and `initdb`; None searches (`binaries.find_postgres`).

    Raises:
        KeepwellError: no Postgres was found, or it did not start.
    """
    # Postgres refuses to run as root.
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    found = binaries or find_postgres()
    with guarded_folder(name="postgres", owner=owner) as guard:
        usable = found if owner is None or is_open_to_all(found) else _copy(found, guard, owner)
        password = secrets.token_urlsafe(12)
        _initialise(usable, guard, owner=owner, password=password)
        chosen = port or free_port()
        command = _command(usable, guard.folder / "pgdata", chosen)
        launch = Launch(command=command, port=chosen, guard=guard, owner=owner)
        server = Postgres(launch, password=password)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def _command(binaries: Path, data_dir: Path, port: int) -> tuple[str, ...]:
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    return (str(binaries / "postgres"), "-D", str(data_dir), "-F", "-p", str(port), *settings)


def _initialise(
    binaries: Path, guard: Guard, *, owner: pwd.struct_passwd | None, password: str
) -> None:
    """Makes the data folder; the superuser must show its password, so that a wrong one fails."""
    folder = guard.folder
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    give(secret, owner=owner)
    made = subprocess.run(
        [
            *(str(binaries / "initdb"), "-D", str(folder / "pgdata"), "-U", _SUPERUSER),
            *("-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=ENVIRONMENT,
        user=owner and owner.pw_uid,
        group=owner and owner.pw_gid,
        extra_groups=None if owner is None else [],
    )
    secret.unlink()
    if made.returncode != 0:
        raise KeepwellError(f"{binaries / 'initdb'} failed: {made.stderr[-2000:]}")


def _copy(binaries: Path, guard: Guard, owner: pwd.struct_passwd) -> Path:
    """Copies what Postgres needs to where `owner` can read it, in the layout of the original.

    A checkout in a folder of mode 700 is closed to `nobody`. The programs find `share` and `lib`
    from their own place, and the wheel's shared libraries in a folder beside the package.
    """
    prefix = binaries.parent
    package = prefix.parent
    target = guard.folder / "programs" / package.name / prefix.name
    (target / "bin").mkdir(parents=True)
    for program in ("postgres", "initdb"):
        shutil.copy2(binaries / program, target / "bin")
    for part in ("lib", "share"):
        shutil.copytree(prefix / part, target / part)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, guard.folder / "programs" / libraries.name)
    give(guard.folder / "programs", owner=owner)
    return target / "bin"
