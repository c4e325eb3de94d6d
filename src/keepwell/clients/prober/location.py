"""A probe's URL, taken apart: where to connect, what to ask for, which name to prove."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

from keepwell.errors import UsageError

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?")
_SENT_AS_THEY_ARE = "/%:@!$&'()*+,;=~?-._"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a probe goes. `host` is in ASCII, without brackets; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme == "https"

    @property
    def host_header(self) -> str:
        """The value of the Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A numeric address and a port."""

    address: str
    port: int


def parse_location(url: str) -> Location:
    """The parts of an http or https URL.

    Raises:
        UsageError: it is no such URL, or holds a user name, which logs would show.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong(url) from error
    if parts.scheme not in _PORTS or port == 0:
        raise _wrong(url)
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "the URL of a probe holds a user name or password",
            hint="take it out of the URL; name a secret under `bearer` or `headers` instead",
        )
    return Location(
        scheme=parts.scheme,
        host=_host(parts, url=url),
        port=port or _PORTS[parts.scheme],
        target=_target(parts),
    )


def _host(parts: SplitResult, *, url: str) -> str:
    host = (parts.hostname or "").rstrip(".")
    try:
        if "[" in parts.netloc:
            return str(_unscoped(IPv6Address(host)))
        host = host if host.isascii() else host.encode("idna").decode()
    except ValueError as error:
        raise _wrong(url) from error
    if not _NAME.fullmatch(host):
        raise _wrong(url)
    return host


def _unscoped(ip: IPv6Address) -> IPv6Address:
    if ip.scope_id is not None:
        raise ValueError("a zone means something on this machine only")
    return ip


def _target(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe=_SENT_AS_THEY_ARE)


def _wrong(url: str) -> UsageError:
    return UsageError(
        f"{url[:200]!r} is not a URL that can be probed",
        hint="write it as in https://api.example.com/health",
    )
