"""A stand-in for the edge: what Cloudflare, and Render's router behind it, do to a request.

    with start_edge(stack.cloudflare.tls, hosts=["api.example.com"], origin_port=8000) as edge:
        ...  # --resolve api.example.com=edge.address --ca edge.ca_file

It terminates TLS with an authority made for the occasion, sends HTTP to HTTPS, adds HSTS, forwards
to the origin in plain HTTP, and can be told to challenge or to let the origin sleep. One port takes
both TLS and plain HTTP, because an ordinary user may not listen on 80 and 443. It evaluates no
firewall rules and caches nothing.

Sources: https://developers.cloudflare.com/fundamentals/reference/http-headers/,
https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/,
https://render.com/docs/free (read 2026-11).
"""

import http.client
import secrets
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

from keepwell.clock import Clock, SystemClock
from keepwell.model.stack.edge import EdgeTls, Hsts

LOOPBACK = "127.0.0.1"

_TLS_HANDSHAKE = b"\x16"
_ORIGIN_TIMEOUT_S = 30.0
_CLIENT_TIMEOUT_S = 5.0
_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
_ONE_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
_SET_BY_EDGE = {"cf-connecting-ip", "cf-ray", "cdn-loop", "x-forwarded-for", "x-forwarded-proto"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back to the client."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


_WAKING = Answer(status=503, headers=[("x-render-routing", "hibernate-wake-error")])
_CHALLENGE = Answer(
    status=403,
    headers=[("cf-mitigated", "challenge"), ("content-type", "text/html; charset=UTF-8")],
    body=b"<!DOCTYPE html><title>Just a moment...</title>",
)
_UNREACHABLE = Answer(status=502, headers=[("content-type", "text/plain")], body=b"Bad Gateway")


@dataclass(slots=True, kw_only=True)
class Edge:
    """A running edge. `address` is what --resolve takes, `ca_file` what --ca takes.

    `origin_port` may change while it runs, as it does when a deploy moves traffic over; with
    `is_challenging` every visitor meets a challenge.
    """

    port: int
    ca_file: Path
    origin_port: int
    clock: Clock
    is_challenging: bool = False
    _wakes_after_s: float = 0.0
    _awake_at_s: float | None = 0.0
    _holds: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def address(self) -> str:
        """ADDR:PORT."""
        return f"{LOOPBACK}:{self.port}"

    def put_to_sleep(self, *, wakes_after_s: float, holds: bool = False) -> None:
        """From the next request on the origin takes that long to wake.

        Until then each request is answered 503, or with `holds` kept waiting.
        """
        with self._lock:
            self._wakes_after_s, self._holds, self._awake_at_s = wakes_after_s, holds, None

    def is_waking(self) -> bool:
        """Whether a request that comes in now finds the origin asleep; a held one waits here."""
        with self._lock:
            now_s = self.clock.monotonic_s()
            if self._awake_at_s is None:
                self._awake_at_s = now_s + self._wakes_after_s
            left_s = self._awake_at_s - now_s
        if self._holds:
            self.clock.sleep(left_s)
            return False
        return left_s > 0


@contextmanager
def start_edge(
    tls: EdgeTls, *, hosts: Iterable[str], origin_port: int, clock: Clock | None = None
) -> Iterator[Edge]:
    """An edge that listens on loopback for `hosts`, gone when the block ends."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[tls.minimum_version]
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(*hosts).configure_cert(context)
    with tempfile.TemporaryDirectory(prefix="keepwell-edge-") as folder:
        ca_file = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(ca_file)
        with _Server(context, tls=tls) as server:
            server.edge = Edge(
                port=server.server_port,
                ca_file=ca_file,
                origin_port=origin_port,
                clock=clock or SystemClock(),
            )
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="edge")
            thread.start()
            try:
                yield server.edge
            finally:
                server.shutdown()
                thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for the answers that are under way
    edge: Edge

    def __init__(self, context: ssl.SSLContext, *, tls: EdgeTls) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.context = context
        self.tls = tls

    def finish_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]
        """Speaks TLS to whoever begins with it. A client that goes away is no error of ours."""
        request.settimeout(_CLIENT_TIMEOUT_S)
        with suppress(OSError):
            if request.recv(1, socket.MSG_PEEK) != _TLS_HANDSHAKE:
                _Handler(request, client_address, self)
                return
            with self.context.wrap_socket(request, server_side=True) as secure:
                _Handler(secure, client_address, self)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_any(self) -> None:
        """Answers one request and closes, so that nothing waits on an idle connection."""
        self.close_connection = True
        self._send(self._answer())

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815 - named by http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stays silent: the rehearsal tells what it sees."""

    def _answer(self) -> Answer:
        edge = self.server.edge
        if self.server.tls.always_https and not self._is_secure():
            return Answer(status=301, headers=[("location", f"https://{self._host()}{self.path}")])
        if edge.is_challenging:
            return _CHALLENGE
        if edge.is_waking():
            return _WAKING
        return self._forward(edge.origin_port)

    def _send(self, answer: Answer) -> None:
        hsts = self.server.tls.hsts if self._is_secure() else None
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if hsts:
            self.send_header("strict-transport-security", _hsts(hsts))
        self.send_header("server", "cloudflare")
        self.send_header("cf-ray", f"{secrets.token_hex(8)}-IAD")
        self.send_header("content-length", str(len(answer.body)))
        self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _forward(self, origin_port: int) -> Answer:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        origin = http.client.HTTPConnection(LOOPBACK, origin_port, timeout=_ORIGIN_TIMEOUT_S)
        try:
            origin.request(self.command, self.path, body=body, headers=self._to_origin())
            response = origin.getresponse()
            headers = [pair for pair in response.getheaders() if pair[0].lower() not in _DROPPED]
            return Answer(status=response.status, headers=headers, body=response.read())
        except (OSError, http.client.HTTPException):
            return _UNREACHABLE
        finally:
            origin.close()

    def _to_origin(self) -> dict[str, str]:
        visitor = str(self.client_address[0])
        kept = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in _ONE_HOP | _SET_BY_EDGE
        }
        return kept | {
            "cf-connecting-ip": visitor,
            "cf-ray": secrets.token_hex(8),
            "cdn-loop": "cloudflare",
            "x-forwarded-for": visitor,
            "x-forwarded-proto": "https" if self._is_secure() else "http",
        }

    def _is_secure(self) -> bool:
        return isinstance(self.connection, ssl.SSLSocket)

    def _host(self) -> str:
        return str(self.headers.get("host", "")).partition(":")[0]


_DROPPED = _ONE_HOP | {"server", "content-length", "strict-transport-security"}


def _hsts(hsts: Hsts) -> str:
    parts = [f"max-age={hsts.max_age_s}"]
    parts += ["includeSubDomains"] if hsts.include_subdomains else []
    parts += ["preload"] if hsts.preload else []
    return "; ".join(parts)
