"""How a step talks to the runner: lines of its log, and files. By the runner's rules.

Source: https://github.com/actions/runner/tree/v2.336.0/src/Runner.Worker, ActionCommandManager.cs
and FileCommandManager.cs (read 2026-11)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_COMMAND = re.compile(r"\s*::(?P<name>[\w-]+)(?: (?P<properties>.*?))?::(?P<message>.*)")
_LEVELS = {"error", "warning", "notice"}
_PLAIN = {"group", "endgroup", "debug"}
_ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


class RunnerError(Exception):
    """The runner would refuse this, or we do not know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What the runner shows beside the code or on the run's page."""

    level: str
    message: str
    properties: Mapping[str, str] = field(default_factory=dict)


class CommandReader:
    """Reads what steps print. Masks hold for the rest of the job."""

    def __init__(self) -> None:
        self._masks: list[str] = []
        self._pause = ""

    def read(self, text: str) -> tuple[str, tuple[Annotation, ...]]:
        """The log as a reader of the run sees it, and the annotations."""
        log, annotations = "", []
        for line in text.splitlines(keepends=True):
            command = self._command(line)
            if command and command["name"] in _LEVELS:
                annotation = self._annotation(command)
                annotations.append(annotation)
                log += f"{annotation.level.title()}: {annotation.message}\n"
            elif command is None or command["name"] in _PLAIN:
                log += self.masked(line)
            else:
                self._obey(command)
        return log, tuple(annotations)

    def masked(self, text: str) -> str:
        """`text` without what steps asked to hide."""
        for mask in self._masks:
            text = text.replace(mask, "***")
        return text

    def _command(self, line: str) -> re.Match[str] | None:
        if self._pause:
            if line.strip() == f"::{self._pause}::":
                self._pause = ""
            return None
        return _COMMAND.match(line)

    def _obey(self, command: re.Match[str]) -> None:
        if command["name"] == "add-mask":
            self._masks += filter(None, _unescaped(command["message"]).splitlines())
        elif command["name"] == "stop-commands":
            self._pause = command["message"].strip()
        else:
            raise RunnerError(f"the runner does not take {command[0].strip()!r}")

    def _annotation(self, command: re.Match[str]) -> Annotation:
        pairs = [pair.partition("=") for pair in (command["properties"] or "").split(",") if pair]
        return Annotation(
            level=command["name"],
            message=self.masked(_unescaped(command["message"])),
            properties={name.strip(): _unescaped(value) for name, _, value in pairs},
        )


def parse_pairs(text: str) -> dict[str, str]:
    """What GITHUB_OUTPUT or GITHUB_ENV says.

    Raises:
        RunnerError: a line is neither NAME=VALUE nor the head of a closed NAME<<DELIMITER.
    """
    pairs: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in filter(None, lines):
        name, sign, rest = min(
            line.partition("="), line.partition("<<"), key=lambda parts: len(parts[0])
        )
        if not name or not sign:
            raise RunnerError(f"invalid format {line!r}")
        pairs[name] = rest if sign == "=" else "\n".join(_until(rest, lines=lines))
    return pairs


def _until(delimiter: str, *, lines: Iterator[str]) -> Iterator[str]:
    if not delimiter:
        raise RunnerError("an empty delimiter")
    for line in lines:
        if line == delimiter:
            return
        yield line
    raise RunnerError(f"the delimiter {delimiter!r} never came")


def _unescaped(text: str) -> str:
    return re.sub("%0D|%0A|%3A|%2C|%25", lambda match: _ESCAPES[match[0]], text)
