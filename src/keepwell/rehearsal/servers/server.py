"""What every rehearsal server can do: start, freeze, thaw, be killed and start again.

It knows nothing of Postgres or Redis but how to run a program and when it counts as ready.
"""

import pwd
import socket
import subprocess
from abc import ABC, abstractmethod
from dataclasses import dataclass

from keepwell.clock import SystemClock
from keepwell.errors import KeepwellError
from keepwell.rehearsal.servers import watchdog
from keepwell.rehearsal.servers.guard import Guard

LOOPBACK = "127.0.0.1"
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/local/bin:/usr/bin:/bin"}

_READY_WITHIN_S = 20.0
_POLL_S = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to run one server. `owner` None means this process's user."""

    command: tuple[str, ...]
    port: int
    guard: Guard
    owner: pwd.struct_passwd | None = None


class Server(ABC):
    """A real server on loopback whose processes all end with the block that started it."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._log = launch.guard.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1, the same over the server's whole life."""
        return self._launch.port

    @property
    def is_running(self) -> bool:
        """Whether its main process lives, frozen or not."""
        return self._process is not None and self._process.poll() is None

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it would answer a client now."""

    def start(self) -> None:
        """Starts it, at first or again with the same data and port, and waits until it is ready.

        Raises:
            KeepwellError: it ended, or was not ready in time; the message ends with its log.
        """
        if self.is_running:
            return
        with self._log.open("ab") as log:
            self._process = _run(self._launch, log=log.fileno())
        self._launch.guard.watch(self._process.pid)
        self._wait_until_ready(self._process)

    def freeze(self) -> None:
        """Stops all its processes where they stand: connections open but nothing answers."""
        watchdog.freeze(self._pid())

    def thaw(self) -> None:
        """Lets its processes run on after `freeze`."""
        watchdog.thaw(self._pid())

    def kill(self) -> None:
        """Kills all its processes at once, frozen or not. Does nothing when it is not running."""
        if self._process is None:
            return
        if self._process.poll() is None:
            watchdog.kill(self._process.pid)
        self._launch.guard.watch(0)
        self._process.wait()

    def _pid(self) -> int:
        if self._process is None or self._process.poll() is not None:
            raise KeepwellError(f"the server on port {self.port} is not running")
        return self._process.pid

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        clock = SystemClock()
        give_up_s = clock.monotonic_s() + _READY_WITHIN_S
        while not self.is_ready():
            if process.poll() is not None or clock.monotonic_s() > give_up_s:
                raise KeepwellError(f"{self._launch.command[0]} did not start: {self._log_tail()}")
            clock.sleep(_POLL_S)

    def _log_tail(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:]


def free_port() -> int:
    """A TCP port that nothing on 127.0.0.1 uses at the moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _run(launch: Launch, *, log: int) -> subprocess.Popen[bytes]:
    owner = launch.owner
    return subprocess.Popen(
        launch.command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=launch.guard.folder,
        env=ENVIRONMENT,
        start_new_session=True,
        user=owner and owner.pw_uid,
        group=owner and owner.pw_gid,
        extra_groups=None if owner is None else [],
    )
