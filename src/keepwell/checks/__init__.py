"""Health checks: one question about a Sample per file, pure. CHECKS is the list.

A check's class docstring is its title; the docstring of `look` explains it. Both appear in the
README. FAIL means that users are affected or that a declared minimum is broken; what only needs
care is a WARN; what could not be seen is UNKNOWN.
"""

from collections.abc import Mapping
from typing import Protocol

from keepwell.checks.certificate_days import CertificateDays
from keepwell.checks.cold_start import ColdStart
from keepwell.checks.component_latency import ComponentLatency
from keepwell.checks.edge_challenge import EdgeChallenge
from keepwell.checks.hsts import Hsts
from keepwell.checks.https_redirect import HttpsRedirect
from keepwell.checks.json_health import JsonHealth
from keepwell.checks.revision import Revision
from keepwell.checks.status import StatusCode
from keepwell.checks.tls_version import TlsVersion
from keepwell.checks.total_latency import TotalLatency
from keepwell.model.probe import Sample
from keepwell.model.verdict import Finding


class Check(Protocol):
    """One question about one answer."""

    def look(self, sample: Sample) -> Finding | None:
        """The finding, or None where the question does not apply to this sample."""
        ...


CHECKS: Mapping[str, Check] = {
    "status": StatusCode(),
    "json_health": JsonHealth(),
    "revision": Revision(),
    "component_latency": ComponentLatency(),
    "total_latency": TotalLatency(),
    "https_redirect": HttpsRedirect(),
    "hsts": Hsts(),
    "certificate_days": CertificateDays(),
    "tls_version": TlsVersion(),
    "edge_challenge": EdgeChallenge(),
    "cold_start": ColdStart(),
}
"""Every check by the name of its file, in the order in which a reader wants the answers."""
