"""A real Redis (or Valkey) on loopback, with new and throwaway data, for rehearsals and tests.

It keeps everything in memory and evicts nothing, as a queue must; it knows no password and no TLS.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from keepwell.rehearsal.servers.binaries import find_redis
from keepwell.rehearsal.servers.guard import guarded_folder
from keepwell.rehearsal.servers.server import LOOPBACK, Launch, Server, free_port


class Redis(Server):
    """A running Redis or Valkey; `url` names its database 0."""

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def is_ready(self) -> bool:
        """Whether it answers PING."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextmanager
def start_redis(
    *,
    port: int | None = None,
    program: Path | None = None,
    append_only: bool = False,
    appendfsync: Literal["no", "everysec", "always"] = "no",
) -> Iterator[Redis]:
    """A Redis that is ready, gone with its data when the block ends, however it ends.

    Args:
        port: the TCP port on 127.0.0.1; None takes a free one.
        program: `redis-server` or `valkey-server`; None searches (`binaries.find_redis`).
        append_only: whether it writes its append-only file, so that data survive `kill`.
        appendfsync: when that file is forced to disk; the kernel keeps what a killed process wrote.

    Raises:
        KeepwellError: no Redis was found, or it did not start.
    """
    found = program or find_redis()
    with guarded_folder(name="redis", owner=None) as guard:
        chosen = port or free_port()
        settings = {
            "port": str(chosen),
            "bind": LOOPBACK,
            "dir": str(guard.folder),
            "save": "",
            "appendonly": "yes" if append_only else "no",
            "appendfsync": appendfsync,
            "maxmemory-policy": "noeviction",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        server = Redis(Launch(command=(str(found), *options), port=chosen, guard=guard))
        try:
            server.start()
            yield server
        finally:
            server.kill()
