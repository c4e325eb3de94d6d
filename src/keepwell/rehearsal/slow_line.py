"""A TCP line to a local server that can be made slow, as a network between regions is."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from keepwell.clock import SystemClock

LOOPBACK = "127.0.0.1"

_CHUNK_BYTES = 65536


class SlowLine:
    """A running line; `delay_s` is how late each chunk arrives, either way; zero at first."""

    def __init__(self, listener: socket.socket, *, target_port: int) -> None:
        self.port: int = listener.getsockname()[1]
        self.delay_s = 0.0
        self._listener = listener
        self._target_port = target_port
        self._clock = SystemClock()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def serve(self) -> None:
        """Takes connections until the line is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._connect(client)

    def close(self) -> None:
        """Hangs up on both ends of every connection."""
        for end in self._open:
            _hang_up(end)
        for thread in self._threads:
            thread.join()
        for end in self._open:
            end.close()

    def _connect(self, client: socket.socket) -> None:
        self._open.append(client)
        try:
            server = socket.create_connection((LOOPBACK, self._target_port))
        except OSError:
            _hang_up(client)
            return
        self._open.append(server)
        for source, sink in ((client, server), (server, client)):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._pump, args=(source, sink))
            self._threads.append(thread)
            thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK_BYTES):
                self._clock.sleep(self.delay_s)
                sink.sendall(chunk)
        _hang_up(sink)
        _hang_up(source)


@contextmanager
def start_slow_line(*, target_port: int) -> Iterator[SlowLine]:
    """A line to `target_port` on loopback, gone with its connections when the block ends."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        line = SlowLine(listener, target_port=target_port)
        thread = threading.Thread(target=line.serve, name="slow-line")
        thread.start()
        try:
            yield line
        finally:
            _hang_up(listener)
            thread.join()
            line.close()


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
