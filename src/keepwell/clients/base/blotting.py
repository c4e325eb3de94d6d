"""Keeps secrets out of whatever an error quotes: a whole body first, before any of it is cut.

A secret that is cut, or whose line ends became spaces, would no longer be found.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_BLOT = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blotter:
    """Blots out one token, and what `redact` knows besides."""

    token: str = field(repr=False)
    redact: Callable[[str], str] = str

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self.redact(text).replace(self.token, _BLOT)

    def json(self, value: Any) -> Any:
        """The JSON value without secrets, in texts and names at any depth."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(name): self.json(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.json(each) for each in value]
        return value
