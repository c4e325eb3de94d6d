"""What to ask a service, and what it answered. A service that is down is a Sample, not an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NoAnswer(StrEnum):
    """Why there was no HTTP answer."""

    DNS = "dns"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    RESET = "reset"
    TLS = "tls"
    UNREACHABLE = "unreachable"
    PROTOCOL = "protocol"
    FORBIDDEN_ADDRESS = "forbidden-address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One question to one URL.

    `headers` may hold credentials, so it stays out of `repr`; they are sent to the URL's own host
    and to no other. `budgets_ms` maps a component of /health ("postgres") to the latency it may
    have. `revision` is the commit that must answer; None asks for none. `is_deep` says that the
    answer must be a health document.
    """

    name: str
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_s: float = 10.0
    revision: str | None = None
    is_deep: bool = True
    total_budget_ms: float | None = None
    budgets_ms: Mapping[str, float] = field(default_factory=dict)
    minimum_certificate_days: int = 14
    minimum_tls_version: str = "1.2"
    expects_hsts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Milliseconds of each phase; None where the phase did not end or did not happen."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    ttfb_ms: float | None = None
    transfer_ms: float | None = None

    @property
    def total_ms(self) -> float:
        """The sum of the phases that ended."""
        parts = (self.dns_ms, self.connect_ms, self.tls_ms, self.ttfb_ms, self.transfer_ms)
        return sum(part for part in parts if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate that the server showed.

    `verify_code` is OpenSSL's (0 = verified, 10 = expired, 62 = wrong host); dates are None where
    verification failed, because Python then does not hand the certificate out.
    Source: https://docs.openssl.org/master/man1/openssl-verification-options/ (read 2026-11)
    """

    verify_code: int
    verify_message: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One answer to one Probe, or the lack of one.

    `headers` have lower-case names; a repeated header is joined by ", ". `body` is capped,
    `is_truncated` says so. `error` is None exactly when `status_code` is not.
    """

    probe: Probe
    taken_at: datetime
    phases: Phases = Phases()
    status_code: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    is_truncated: bool = False
    address: str | None = None
    tls_version: str | None = None
    certificate: Certificate | None = None
    error: NoAnswer | None = None
