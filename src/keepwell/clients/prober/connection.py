"""Sockets: connected to one vetted address, and secured for the host's own name."""

import functools
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import certifi

from keepwell.clients.prober.deadline import Deadline
from keepwell.clients.prober.location import Endpoint
from keepwell.errors import UsageError
from keepwell.model.probe import Certificate


@functools.cache
def trust(ca_file: Path | None) -> ssl.SSLContext:
    """The one TLS context of this process for these authorities; None means the system's.

    Loading them takes some 20 ms, which is why probes share a context.

    Raises:
        UsageError: the file cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError among them
        raise UsageError(
            f"--ca: {ca_file} holds no certificates that can be read ({error.strerror or error})",
            hint="name a file with certificates in PEM, as in --ca authority.pem",
        ) from error
    if ca_file is None and not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(certifi.where())  # a slim machine has none of its own
    context.set_alpn_protocols(["http/1.1"])
    return context


def connect(endpoints: Sequence[Endpoint], *, deadline: Deadline) -> tuple[socket.socket, str]:
    """A socket to the first endpoint that accepts, and its address; each gets its share of time.

    Raises:
        OSError: none accepts; the last one's reason.
    """
    *others, last = endpoints
    for waiting, endpoint in zip(range(len(endpoints), 1, -1), others, strict=True):
        with suppress(OSError):
            return _connected(endpoint, timeout_s=deadline.remaining_s() / waiting)
    return _connected(last, timeout_s=deadline.remaining_s())


def secure(
    sock: socket.socket, *, context: ssl.SSLContext, host: str, deadline: Deadline
) -> ssl.SSLSocket:
    """TLS over the socket, with `host` as the name that is asked for and that must be proven."""
    sock.settimeout(deadline.remaining_s())
    return context.wrap_socket(sock, server_hostname=host)


def shown_certificate(sock: ssl.SSLSocket) -> Certificate:
    """The verified certificate of a connection."""
    shown: dict[str, Any] = sock.getpeercert() or {}
    return Certificate(
        verify_code=0, not_before=_moment(shown["notBefore"]), not_after=_moment(shown["notAfter"])
    )


def refused_certificate(error: ssl.SSLCertVerificationError) -> Certificate:
    """What is known of a certificate that did not verify."""
    return Certificate(verify_code=error.verify_code, verify_message=error.verify_message)


def _connected(endpoint: Endpoint, *, timeout_s: float) -> tuple[socket.socket, str]:
    sock = socket.create_connection((endpoint.address, endpoint.port), timeout=timeout_s)
    return sock, endpoint.address


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), tz=UTC)
