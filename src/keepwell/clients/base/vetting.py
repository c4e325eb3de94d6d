"""What is refused before anything is sent: an address or a token that cannot be right."""

import ipaddress
from urllib.parse import urlsplit

from keepwell.clients.base.terms import Terms
from keepwell.errors import UsageError


def vetted_url(url: str) -> str:
    """The address, if a token may go there: https, or plain http on this machine.

    Raises:
        UsageError: it may not.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return url
    raise UsageError(
        f"{parts.scheme}://{parts.hostname} would carry a token in clear",
        hint="name an https address; plain http is for stand-ins on this machine",
    )


def vetted_token(token: str, *, terms: Terms) -> str:
    """The token, if a header can hold it: what refuses it later would quote it.

    Raises:
        UsageError: it is empty, or has a line end, a space around it or a sign beyond ASCII.
    """
    if token and token.isascii() and token.isprintable() and token == token.strip():
        return token
    raise UsageError(
        f"{terms.token_name} is no token: it is empty, has a space or a line end around it, "
        "or signs that no token has",
        hint=f"set it again from {terms.token_url}, without a line end",
        see=terms.see,
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its address or as `localhost`; no name is resolved."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
