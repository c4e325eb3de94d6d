"""What a vendor's API asks of its callers: address, token, limits, permissions."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A budget: at most `requests` within any `window_s` seconds, over the calls that match.

    `calls` holds patterns such as "PATCH /services/*", where `*` stands for one segment of a path
    and for any method ("* /jobs"); empty means every call.
    """

    requests: int
    window_s: float
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a vendor is called.

    `permission` maps the beginning of a call ("GET /zones/*/settings", whole segments) to what the
    token needs for it, the longest counts; `see` is the part of the README about the token.
    `timeout_s` bounds one call, `patience_s` all waiting for the retries of one call.
    """

    vendor: str
    base_url: str
    token_name: str
    token_url: str
    see: str
    limits: tuple[Limit, ...] = ()
    permission: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 15.0
    patience_s: float = 330.0
    tries: int = 4


def matches(pattern: str, call: str) -> bool:
    """Whether a call ("PATCH /services/srv-1") is one of a pattern ("PATCH /services/*")."""
    method, _, path = pattern.partition(" ")
    called, _, called_path = call.partition(" ")
    wanted, given = path.split("/"), called_path.split("/")
    return (
        method in ("*", called)
        and len(wanted) == len(given)
        and all(part in ("*", other) for part, other in zip(wanted, given, strict=True))
    )


def begins(pattern: str, call: str) -> bool:
    """Whether a call is one that begins as the pattern does, in whole segments."""
    depth = pattern.count("/") + 1
    return matches(pattern, "/".join(call.split("/")[:depth]))
