"""Certificates for lines: a good one, and each kind that a client must refuse."""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import trustme

from tests.faults.health.line import LOOPBACK

Kind = Literal["good", "expired", "other-host", "foreign"]


class Certificates:
    """Server contexts; a client that verifies trusts `ca_file` only."""

    def __init__(self) -> None:
        ours, foreign = trustme.CA(), trustme.CA()
        self._folder = tempfile.TemporaryDirectory(prefix="keepwell-tls-")
        self.ca_file = Path(self._folder.name) / "ca.pem"
        ours.cert_pem.write_to_path(str(self.ca_file))
        yesterday = datetime.now(UTC) - timedelta(days=1)
        week = timedelta(days=7)
        self._contexts: dict[Kind, ssl.SSLContext] = {
            "good": _context(ours.issue_cert(LOOPBACK)),
            "expired": _context(
                ours.issue_cert(LOOPBACK, not_before=yesterday - week, not_after=yesterday)
            ),
            "other-host": _context(ours.issue_cert("other.example.com")),
            "foreign": _context(foreign.issue_cert(LOOPBACK)),
        }

    def __getitem__(self, kind: Kind) -> ssl.SSLContext:
        return self._contexts[kind]


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
