"""One request and its answer over a connected socket, capped in size and in time."""

import socket
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore

from keepwell.clients.prober.deadline import Deadline
from keepwell.clients.prober.location import Location
from keepwell.errors import UsageError
from keepwell.model.probe import Probe
from keepwell.version import VERSION

BODY_LIMIT_BYTES = 64 * 1024
"""What is kept of a body, and what a compressed one may grow to."""

_AGENT = f"keepwell/{VERSION} (+health probe)"
"""Names itself: Cloudflare's browser integrity check refuses the agents of libraries (1010)."""

_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; header names are in lower case."""

    status_code: int
    headers: Mapping[str, str]
    body: bytes
    is_truncated: bool


class DeadlineStream(httpcore.NetworkStream):
    """A socket as httpcore wants it, under one deadline instead of a timeout per read.

    `first_byte_at_s` is a moment of `time.perf_counter`, None until one came; `has_ended` says
    that the other side closed.
    """

    def __init__(self, sock: socket.socket, *, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self.first_byte_at_s: float | None = None
        self.has_ended = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """What has arrived; waits for the first of it."""
        self._sock.settimeout(self._deadline.remaining_s())
        received = self._sock.recv(max_bytes)
        self.has_ended = not received
        if self.first_byte_at_s is None and received:
            self.first_byte_at_s = time.perf_counter()
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Sends all of `buffer`."""
        self._sock.settimeout(self._deadline.remaining_s())
        try:
            self._sock.sendall(buffer)
        except ConnectionError as error:  # the answer may have come before the end of the request
            raise httpcore.WriteError from error

    def close(self) -> None:
        """Closes the socket."""
        self._sock.close()


def exchange(stream: DeadlineStream, *, probe: Probe, location: Location) -> Answer:
    """Sends the probe's request and reads the answer, up to the limit.

    Raises:
        OSError: the connection broke off or the deadline passed before the answer was whole.
        httpcore.RemoteProtocolError: what came is not HTTP.
        UsageError: a header cannot be sent as it is.
    """
    request = _request(probe, location=location)
    connection = httpcore.HTTP11Connection(origin=request.url.origin, stream=stream)
    try:
        response = connection.handle_request(request)
        raw, is_cut = _read(response)
    except httpcore.RemoteProtocolError as error:
        if stream.has_ended:
            raise ConnectionResetError("closed before the answer was whole") from error
        raise
    headers = _headers(response)
    body, is_truncated = _plain(raw, encoding=headers.get("content-encoding", ""))
    return Answer(
        status_code=response.status,
        headers=headers,
        body=body,
        is_truncated=is_cut or is_truncated,
    )


def _request(probe: Probe, *, location: Location) -> httpcore.Request:
    headers = {
        "user-agent": _AGENT,
        "accept": "application/health+json, application/json;q=0.9, */*;q=0.1",
        "accept-encoding": "identity",
        "cache-control": "no-cache",
        "connection": "close",
        **(_credentials(probe) if location.is_tls else {}),
        "host": location.host_header,
    }
    url = httpcore.URL(
        scheme=location.scheme, host=location.host, port=location.port, target=location.target
    )
    return httpcore.Request(probe.method, url, headers=list(headers.items()))


def _credentials(probe: Probe) -> dict[str, str]:
    for name, value in probe.headers.items():
        if not (value.isascii() and value.isprintable() and value == value.strip()):
            # The value is a secret: it may not stand in the message.
            raise UsageError(
                f"the header {name!r} of {probe.name} cannot be sent: its value holds a line break,"
                " a blank at an end, or a character beyond ASCII",
                hint="store the secret again, without the line break that pasting adds",
            )
    return {name.lower(): value for name, value in probe.headers.items()}


def _read(response: httpcore.Response) -> tuple[bytes, bool]:
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            return bytes(body[:BODY_LIMIT_BYTES]), True
    return bytes(body), False


def _headers(response: httpcore.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _plain(raw: bytes, *, encoding: str) -> tuple[bytes, bool]:
    """Undoes compression that was sent unasked, never beyond the limit: it may be a bomb."""
    if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return raw, False
    try:
        unpacked = zlib.decompressobj(_ZLIB_OR_GZIP).decompress(raw, BODY_LIMIT_BYTES + 1)
    except zlib.error:
        return raw, False
    return unpacked[:BODY_LIMIT_BYTES], len(unpacked) > BODY_LIMIT_BYTES
