"""Servers on loopback that answer as a test wants, byte by byte, and certificates for them."""

import functools
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import trustme

HOST = "api.example.com"
Handler = Callable[[socket.socket], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server: its port, and the head of every request so far."""

    port: int
    requests: list[str] = field(default_factory=list)


@contextmanager
def serving(handle: Handler, *, tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Leaves each connection to `handle` when a request's head has come, then closes it."""
    listener = socket.create_server(("127.0.0.1", 0))
    served = Served(port=listener.getsockname()[1])
    thread = threading.Thread(target=_serve, args=(listener, served, handle, tls), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)


def _serve(
    listener: socket.socket, served: Served, handle: Handler, tls: ssl.SSLContext | None
) -> None:
    with suppress(OSError):
        while True:
            accepted, _ = listener.accept()
            with suppress(OSError), accepted, _secured(accepted, tls) as connection:
                connection.settimeout(10)
                served.requests.append(_read_head(connection))
                handle(connection)


def _read_head(connection: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head and (received := connection.recv(4096)):
        head += received
        if head.startswith(b"\x16\x03"):  # a TLS handshake, to a server that speaks none
            break
    return head.decode("latin-1")


def _secured(connection: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    return tls.wrap_socket(connection, server_side=True) if tls else connection


def answering(
    body: bytes = b'{"status": "pass"}', *, head: str = "200 OK", headers: str = ""
) -> Handler:
    """Answers every request alike; `headers` are lines that end in \\r\\n."""
    length = f"content-length: {len(body)}\r\n"
    return sending(f"HTTP/1.1 {head}\r\n{length}{headers}\r\n".encode() + body)


def sending(*parts: bytes, pause: Callable[[], object] = lambda: None) -> Handler:
    """Sends bytes as they are, with a pause after each part."""

    def handle(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            pause()

    return handle


def resetting(connection: socket.socket) -> None:
    """Breaks the connection off, so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@functools.cache
def authority() -> trustme.CA:
    """The throwaway authority of this test run."""
    return trustme.CA()


def server_tls(
    host: str = HOST,
    *,
    not_after: datetime | None = None,
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    by: trustme.CA | None = None,
) -> ssl.SSLContext:
    """A server's context with a certificate for `host`."""
    start = datetime(2020, 1, 1, tzinfo=UTC) if not_after else None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = (by or authority()).issue_cert(host, not_before=start, not_after=not_after)
    certificate.configure_cert(context)
    context.maximum_version = newest
    return context


def write_authority(folder: Path) -> Path:
    """The authority's certificate as a PEM file, to be trusted."""
    file = folder / "authority.pem"
    authority().cert_pem.write_to_path(file)
    return file
