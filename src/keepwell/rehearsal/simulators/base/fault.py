"""Faults on demand: which call meets one, and what happens to it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

What = Literal[
    "status",  # answers `status` without handling the call
    "cut-before",  # closes the connection, the call is not handled
    "cut-after",  # handles the call, then closes the connection without an answer
    "timeout",  # handles and answers nothing for `delay_s` (0: until the client goes), then closes
    "slow",  # handles the call, and sends the answer in pieces over `delay_s`
    "content-type",  # handles the call, and calls the answer HTML
    "empty",  # handles the call, and answers 202 with an empty body
    "hook-before",  # calls `hook`, then handles the call
    "hook-after",  # handles the call, calls `hook`, then answers
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to the calls that match.

    `call` is a pattern such as "PUT /zones/*/rulesets/**": `*` is one segment of a path or any
    method, `**` the rest of a path; "*" alone is any call. Of the calls that match, the `nth`
    (from 1) and the `times - 1` after it meet the fault.
    """

    call: str = "*"
    what: What
    nth: int = 1
    times: int = 1
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    hook: Callable[[], None] | None = None

    def concerns(self, method: str, path: str) -> bool:
        """Whether a call matches."""
        if self.call == "*":
            return True
        wanted, _, pattern = self.call.partition(" ")
        return wanted in ("*", method) and bool(re.fullmatch(_expression(pattern), path))


def _expression(pattern: str) -> str:
    parts = re.split(r"(\*\*|\*)", pattern)
    return "".join({"**": ".*", "*": "[^/]+"}.get(part, re.escape(part)) for part in parts)
