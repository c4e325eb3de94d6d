"""A relay between keepwell and Postgres that kills keepwell at a chosen message.

The Vault is spoken with in Postgres's own protocol, where a stand-in's desk cannot stand. A message
is one step of the client's, which waits for the answer to each; its goodbye is none.
"""

import itertools
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.faults.steps import GOODBYE, steps

_READ_BYTES = 65536


class Relay:
    """Stands at `url` for the server of `dsn` while the block lasts; `messages` were sent so far.

    At the `nth` message (0 is none) `process` is killed, and `is_met` says so: before it reaches
    the server, or where `is_handled`, once the server has answered it, and nobody hears the answer.
    """

    def __init__(self, dsn: str, *, nth: int = 0, is_handled: bool = False) -> None:
        parts = urlsplit(dsn)
        self.process: Future[int] = Future()
        self.is_met = False
        self.messages = 0
        self._server = (parts.hostname or "", parts.port or 5432)
        self._nth = nth
        self._is_handled = is_handled
        self._numbers = itertools.count(1)
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        self.url = parts._replace(
            netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}"
        ).geturl()

    def __enter__(self) -> Self:
        _start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._server)
                is_last = threading.Event()
                _start(partial(self._to_server, client, server, is_last))
                _start(partial(self._to_client, client, server, is_last))

    def _to_server(
        self, client: socket.socket, server: socket.socket, is_last: threading.Event
    ) -> None:
        with suppress(OSError), client, _ending(server):
            for step in steps(partial(client.recv, _READ_BYTES)):
                is_chosen = not step.startswith(GOODBYE) and self._count() == self._nth
                if is_chosen and not self._is_handled:
                    self._kill()
                    return
                if is_chosen:
                    is_last.set()
                server.sendall(step)

    def _to_client(
        self, client: socket.socket, server: socket.socket, is_last: threading.Event
    ) -> None:
        with suppress(OSError), server, _ending(client):
            while data := server.recv(_READ_BYTES):
                if is_last.is_set():
                    break
                client.sendall(data)
            if is_last.is_set():
                self._kill()

    def _count(self) -> int:
        self.messages = next(self._numbers)
        return self.messages

    def _kill(self) -> None:
        process = self.process.result(timeout=10)
        self.is_met = True
        os.kill(process, signal.SIGKILL)


@contextmanager
def _ending(end: socket.socket) -> Iterator[None]:
    """Ends a connection with the block; a mere close would not wake who reads from it."""
    try:
        yield
    finally:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _start(run: Callable[[], None]) -> None:
    threading.Thread(target=run, daemon=True).start()
