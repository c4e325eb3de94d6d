"""Whether this machine reaches the outside at all, asked of addresses that are nobody's service."""

import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from keepwell.errors import UsageError

_TIMEOUT_S = 2.0
_HTTPS = 443


def reaches_any(hosts: Sequence[str], *, resolve: Mapping[str, str]) -> bool:
    """Whether one of the hosts, "HOST:PORT" each, takes a TCP connection; they are tried in order.

    `resolve` maps a host to the "ADDR" or "ADDR:PORT" to connect to in its place.

    Raises:
        UsageError: a port is not a number.
    """
    for host, port in [_address(each, resolve=resolve) for each in hosts]:
        with suppress(OSError), socket.create_connection((host, port), timeout=_TIMEOUT_S):
            return True
    return False


def _address(text: str, *, resolve: Mapping[str, str]) -> tuple[str, int]:
    host, port = _split(text, default_port=_HTTPS)
    return _split(resolve[host], default_port=port) if host in resolve else (host, port)


def _split(text: str, *, default_port: int) -> tuple[str, int]:
    """Host and port; an IPv6 address with a port stands in brackets."""
    if text.count(":") > 1 and not text.startswith("["):
        return text, default_port
    parts = urlsplit(f"//{text}")
    try:
        return parts.hostname or "", parts.port or default_port
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not HOST:PORT",
            hint="write it as in keep_alive.neutral_hosts: ['1.1.1.1:443']",
        ) from error
