"""Whether an HTTP service answers well; in plain asyncio, so that no client comes with it.

Leave other people's services out, or let them warn: their outage would become yours.
"""

import asyncio
import ssl
import time
from urllib.parse import urlsplit

from keepwell.health.budget import CONNECT_S
from keepwell.health.check import Check, RoundTripError
from keepwell.health.reading import Criticality, ErrorClass

_BY_STATUS = {401: ErrorClass.AUTH, 403: ErrorClass.AUTH, 429: ErrorClass.SATURATED}


class Http(Check):
    """A URL that must answer a GET with 2xx or 3xx; a redirect is not followed."""

    def __init__(
        self,
        url: str,
        *,
        name: str,
        criticality: Criticality = Criticality.FAIL,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(name, criticality=criticality)
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{name} needs a URL that begins with http:// or https://")
        self._host = parts.hostname
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = None
        if parts.scheme == "https":
            self._tls = tls or ssl.create_default_context()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        self._request = (
            f"GET {target} HTTP/1.1\r\nhost: {host}\r\nuser-agent: keepwell-health\r\n"
            "accept: */*\r\nconnection: close\r\n\r\n"
        ).encode("ascii")

    async def round_trip_ms(self) -> float:
        """Milliseconds from the connection to the first line of the answer.

        Raises:
            RoundTripError: the status is another, or it is no HTTP.
            OSError: there was no answer.
        """
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        try:
            started_s = time.perf_counter()
            writer.write(self._request)
            first_line = await reader.readline()
            took_ms = (time.perf_counter() - started_s) * 1000
        finally:
            writer.transport.abort()
        status = _status(first_line)
        if not 200 <= status < 400:
            raise RoundTripError(_BY_STATUS.get(status, ErrorClass.ERROR))
        return took_ms


def _status(first_line: bytes) -> int:
    """The code in `HTTP/1.1 200 OK`; 0 where it is none."""
    if not first_line:
        raise ConnectionResetError("closed without an answer")
    words = first_line.split()
    is_http = len(words) > 1 and words[0].startswith(b"HTTP/1.") and words[1].isdigit()
    return int(words[1]) if is_http else 0
