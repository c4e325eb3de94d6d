"""The slow line: bytes pass unchanged, late only when asked to, and nothing stays open."""

import socket
import threading
from collections.abc import Iterator

import pytest

from keepwell.clock import SystemClock
from keepwell.rehearsal.slow_line import SlowLine, start_slow_line


@pytest.fixture(scope="module")
def echo_port() -> Iterator[int]:
    """A server that sends back what it gets."""

    def echo(connection: socket.socket) -> None:
        with connection:
            while text := connection.recv(1024):
                connection.sendall(text)

    def serve(listener: socket.socket) -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=echo, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]


@pytest.fixture
def line(echo_port: int) -> Iterator[SlowLine]:
    with start_slow_line(target_port=echo_port) as running:
        yield running


def round_trip_s(line: SlowLine) -> float:
    clock = SystemClock()
    with socket.create_connection(("127.0.0.1", line.port), timeout=10) as client:
        started_s = clock.monotonic_s()
        client.sendall(b"hello")
        assert client.recv(1024) == b"hello"
        return clock.monotonic_s() - started_s


def test_a_delay_makes_each_direction_late(line: SlowLine) -> None:
    line.delay_s = 0.1
    assert round_trip_s(line) >= 0.2


def test_a_server_that_does_not_listen_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with (
        start_slow_line(target_port=port) as line,
        socket.create_connection(("127.0.0.1", line.port), timeout=10) as client,
    ):
        assert client.recv(1) == b""


def test_closing_hangs_up_on_open_connections(echo_port: int) -> None:
    with start_slow_line(target_port=echo_port) as line:
        client = socket.create_connection(("127.0.0.1", line.port), timeout=10)
        client.sendall(b"x")
        assert client.recv(1) == b"x"
    with client:
        assert client.recv(1) == b""
