import errno
import socket
import ssl

import pytest

from keepwell.health.check import RoundTripError, classify
from keepwell.health.reading import ErrorClass


def wrapped(inner: Exception) -> Exception:
    """As clients do it: raised while the inner one was handled."""
    try:
        try:
            raise inner
        except OSError:
            raise RuntimeError("wrapper") from None
    except RuntimeError as outer:
        return outer


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError(), ErrorClass.TIMEOUT),
        (OSError(errno.ETIMEDOUT, "timed out"), ErrorClass.TIMEOUT),
        (ConnectionRefusedError(), ErrorClass.REFUSED),
        (
            OSError("Multiple exceptions: [Errno 111] ::1, [Errno 111] 127.0.0.1"),
            ErrorClass.REFUSED,
        ),
        (OSError("Multiple exceptions: [Errno 101] ::1, [Errno 113] x"), ErrorClass.UNREACHABLE),
        (ssl.SSLError("wrong version number"), ErrorClass.TLS),
        (ssl.SSLCertVerificationError("self-signed"), ErrorClass.TLS),
        (socket.gaierror(-2, "Name or service not known"), ErrorClass.UNREACHABLE),
        (ConnectionResetError(), ErrorClass.UNREACHABLE),
        (OSError(errno.EHOSTUNREACH, "no route"), ErrorClass.UNREACHABLE),
        (RoundTripError(ErrorClass.READONLY), ErrorClass.READONLY),
        (ValueError("a DSN with a secret"), ErrorClass.ERROR),
        (wrapped(ConnectionRefusedError()), ErrorClass.REFUSED),
        (wrapped(ssl.SSLError()), ErrorClass.TLS),
    ],
)
def test_each_error_has_a_class(error, expected):
    assert classify(error) is expected
