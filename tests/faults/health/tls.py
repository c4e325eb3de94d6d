"""Certificates for lines: a good one, and each kind that a client must refuse."""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from tests.faults.health.line import LOOPBACK


class Certificates:
    """Server contexts; a client that verifies trusts `ca_file` only."""

    def __init__(self) -> None:
        ours, foreign = trustme.CA(), trustme.CA()
        self._folder = tempfile.TemporaryDirectory(prefix="keepwell-tls-")
        self.ca_file = Path(self._folder.name) / "ca.pem"
        ours.cert_pem.write_to_path(str(self.ca_file))
        yesterday = datetime.now(UTC) - timedelta(days=1)
        week = timedelta(days=7)
        self.good = _context(ours.issue_cert(LOOPBACK))
        self.expired = _context(
            ours.issue_cert(LOOPBACK, not_before=yesterday - week, not_after=yesterday)
        )
        self.other_host = _context(ours.issue_cert("other.example.com"))
        self.foreign = _context(foreign.issue_cert(LOOPBACK))


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
