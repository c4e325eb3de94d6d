"""The only place where real things are made: clock, runner, console and the environment."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TextIO

from keepwell.clock import Clock, SystemClock
from keepwell.runner import Runner

_REDACTED = "***"
_SHORTEST_SECRET = 4
"""A shorter value is not redacted: it would shred every text that holds it by chance."""

_RUNNER_COMMAND = re.compile(r"^(\s*)::|##\[", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Where a command speaks: results on stdout, progress on stderr, never a secret on either."""

    out: TextIO
    err: TextIO
    has_progress: bool = True
    has_colour: bool = False
    is_github: bool = False
    secrets: set[str] = field(default_factory=set, repr=False)

    def result(self, text: str) -> None:
        """Writes the command's result to stdout."""
        self._write(self.out, self._harmless(text))

    def progress(self, line: str) -> None:
        """Writes one line of progress to stderr, unless progress is switched off."""
        if self.has_progress:
            self.warn(line)

    def warn(self, line: str) -> None:
        """Writes one line to stderr that must not be missed."""
        self._write(self.err, self._harmless(line) + "\n")

    def annotate(self, commands: str) -> None:
        """Writes workflow commands that we made ourselves to stdout."""
        self._write(self.out, commands)

    def redact(self, text: str) -> str:
        """The text with every secret that was read so far blotted out."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, _REDACTED)
        return text

    def _harmless(self, text: str) -> str:
        if not self.is_github:
            return text
        return _RUNNER_COMMAND.sub(
            lambda found: found.group().replace(":", "\\:", 1), text
        ).replace("##[", "##\\[")

    def _write(self, stream: TextIO, text: str) -> None:
        stream.write(self.redact(text))
        stream.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The real things that a command may touch. Tests make their own."""

    clock: Clock
    runner: Runner
    console: Console
    environ: Mapping[str, str] = field(repr=False)

    def silenced(self) -> "World":
        """The same world without progress."""
        return replace(self, console=replace(self.console, has_progress=False))

    def secret(self, name: str) -> str | None:
        """The secret's value, masked at the runner before it is handed out; empty is unset."""
        value = self.environ.get(name) or None
        if value is not None:
            self.hide(value)
        return value

    def hide(self, value: str) -> None:
        """Masks a value at the runner, and blots it out of all that the console writes."""
        if len(value) >= _SHORTEST_SECRET and value not in self.console.secrets:
            self.runner.mask(value, self.console.err)
            self.console.secrets.add(value)


def real_world() -> World:
    """The world as it is on this machine."""
    environ = dict(os.environ)  # noqa: TID251 - this is the wiring
    runner = Runner.from_environment(environ)
    console = Console(
        out=sys.stdout,
        err=sys.stderr,
        has_colour=sys.stdout.isatty() and not environ.get("NO_COLOR"),
        is_github=runner.is_github,
    )
    return World(clock=SystemClock(), runner=runner, console=console, environ=environ)
