"""What one check saw at one moment, and the classes of failure. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErrorClass(StrEnum):
    """Why a round trip failed: all that /health ever tells, because exception texts leak."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    AUTH = "auth"
    TLS = "tls"
    READONLY = "readonly"
    OOM = "oom"
    UNREACHABLE = "unreachable"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One round trip to one component; `at` is when it ended.

    `round_trip_ms` is None exactly where `error` says why there was none that counts.
    """

    component: str
    component_type: str
    at: datetime
    round_trip_ms: float | None = None
    error: ErrorClass | None = None
