"""What one check saw at one moment, and the words for it. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErrorClass(StrEnum):
    """Why a check failed: all that /health ever tells, because exception texts leak."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    AUTH = "auth"
    BREAKER = "breaker"
    """A pooler lets nobody connect for a while, because too many passwords were wrong."""
    TLS = "tls"
    READONLY = "readonly"
    OOM = "oom"
    EVICTS = "evicts"
    """A Redis that throws keys away when it is full, and a queue with them."""
    STALE_SCHEMA = "stale_schema"
    SATURATED = "saturated"
    DEAD_LETTERS = "dead_letters"
    ABSENT = "absent"
    """What should be there is not: no worker is alive, no such queue."""
    DISK_FULL = "disk_full"
    LAGS = "lags"
    UNREACHABLE = "unreachable"
    ERROR = "error"


class Status(StrEnum):
    """The draft's three: a warning is still a 200."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    FAIL = "fail"


class Criticality(StrEnum):
    """What the failure of a check makes of the whole."""

    FAIL = "fail"
    WARN = "warn"


class Scope(StrEnum):
    """Whom a failure concerns: all instances alike, or this one, which a restart may mend."""

    SHARED = "shared"
    LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One answer of one component; `at` is when it ended.

    `round_trip_ms` is None exactly where `error` says why there was none that counts.
    """

    component: str
    component_type: str
    at: datetime
    round_trip_ms: float | None = None
    error: ErrorClass | None = None
    criticality: Criticality = Criticality.FAIL
    scope: Scope = Scope.SHARED

    @property
    def status(self) -> Status:
        """What it makes of the whole."""
        return Status.PASS if self.error is None else Status(self.criticality)
