"""Why there was no answer, in one of few words."""

import socket
import ssl

import httpcore

from keepwell.clients.prober.address import ForbiddenAddress
from keepwell.model.probe import NoAnswer

_REASONS: tuple[tuple[type[Exception], NoAnswer], ...] = (
    (ForbiddenAddress, NoAnswer.FORBIDDEN_ADDRESS),
    (socket.gaierror, NoAnswer.DNS),
    (UnicodeError, NoAnswer.DNS),  # the resolver's word for a name that no DNS holds
    (TimeoutError, NoAnswer.TIMEOUT),
    (ConnectionRefusedError, NoAnswer.REFUSED),
    (ConnectionError, NoAnswer.RESET),
    (ssl.SSLError, NoAnswer.TLS),
    (httpcore.RemoteProtocolError, NoAnswer.PROTOCOL),
    (OSError, NoAnswer.UNREACHABLE),
)
"""From the special to the general: most of these are OSErrors."""

FAILURES = tuple({kind for kind, _ in _REASONS})


def no_answer(error: Exception) -> NoAnswer:
    """The word for a failure; `error` is one of FAILURES."""
    return next(reason for kind, reason in _REASONS if isinstance(error, kind))
