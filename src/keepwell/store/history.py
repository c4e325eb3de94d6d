"""The local history: one line per target and cycle, in one file per UTC day, `YYYY/MM/DD.ndjson`.

A line is a JSON array, schema 1, about 100 bytes without components:

    [1, at, source, target, state, answer, phases, wake_s, components]
    [1,"2026-11-24T19:15:22Z","keepwell","api","up",200,[1.2,0.9,4.1,23.5,0.3],null,{"redis":0.3}]

`at` is UTC to the second; `source` who asked; `answer` the status code, the class of the error, or
null where nothing was asked; `phases` are dns, connect, tls, ttfb and transfer in milliseconds;
`wake_s` how long a sleeping service took to wake; `components` their latencies in milliseconds.

Whole cycles are appended by one write at the end of the file, which the kernel does not mix with
another's. A line torn by a killed process stays, alone: the next append starts on a line of its
own, and reading skips it and says so. It neither judges nor rolls up, and knows nothing of git.
"""

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from keepwell.errors import KeepwellError
from keepwell.model.probe import NoAnswer, Phases

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one cycle found at one target.

    `at` is aware; the file keeps it to the second. `answer` is None where nothing was asked.
    `wake_s` is None unless the target had to be woken.
    """

    at: datetime
    target: str
    state: str
    source: str = "keepwell"
    answer: int | NoAnswer | None = None
    phases: Phases = field(default_factory=Phases)
    wake_s: float | None = None
    components_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A line that could not be read. `line` counts from 1."""

    path: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The rows of one day in the order in which they were appended, and what was skipped."""

    rows: Sequence[Row] = ()
    skipped: Sequence[Skipped] = ()


class History:
    """The files below one folder, which is made when the first row is appended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, day: date) -> Path:
        """Where the rows of a day stand, whether there are any or not."""
        return self.folder / f"{day:%Y/%m/%d}.ndjson"

    def append(self, rows: Iterable[Row]) -> None:
        """Adds rows to the files of their days; safe beside other writers.

        Raises:
            KeepwellError: the folder or a file cannot be written, or the disk is full.
        """
        for day, of_day in groupby(sorted(rows, key=_day_of), key=_day_of):
            path = self.path(day)
            lines = b"".join(_encode(row) for row in of_day)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _append(path, lines)
            except OSError as error:
                raise KeepwellError(
                    f"cannot append to {path}: {error.strerror}",
                    hint="--history must name a folder that this process may write",
                ) from error

    def read(self, day: date) -> Day:
        """The rows of one day; empty where there is no file.

        Raises:
            KeepwellError: there is a file that cannot be read.
        """
        path = self.path(day)
        try:
            lines = path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return Day()
        except OSError as error:
            raise KeepwellError(f"cannot read {path}: {error.strerror}") from error
        return _decode_all(lines, path=path)


def _day_of(row: Row) -> date:
    return row.at.astimezone(UTC).date()


def _append(path: Path, lines: bytes) -> None:
    """Writes once. A needless line end, seen during another's write, leaves an empty line only."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        size = os.fstat(descriptor).st_size
        is_torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        text = b"\n" + lines if is_torn else lines
        if os.write(descriptor, text) != len(text):
            raise OSError(0, "the disk took only a part")
    finally:
        os.close(descriptor)


def _encode(row: Row) -> bytes:
    values = [
        SCHEMA,
        f"{row.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        row.source,
        row.target,
        row.state,
        row.answer,
        [_number(phase) for phase in astuple(row.phases)],
        _number(row.wake_s),
        {name: _number(latency_ms) for name, latency_ms in row.components_ms.items()},
    ]
    return json.dumps(values, separators=(",", ":")).encode() + b"\n"


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 2)


def _decode_all(lines: Sequence[bytes], *, path: Path) -> Day:
    rows: list[Row] = []
    skipped: list[Skipped] = []
    for number, line in enumerate(lines, start=1):
        if line:
            try:
                rows.append(_decode(json.loads(line)))
            except (ValueError, TypeError, AttributeError) as error:
                skipped.append(Skipped(path=path, line=number, reason=_reason(line, error)))
    return Day(rows=tuple(rows), skipped=tuple(skipped))


def _reason(line: bytes, error: Exception) -> str:
    is_whole = line.startswith(b"[") and line.endswith(b"]")
    return f"not a row of schema {SCHEMA}: {error}" if is_whole else "torn or not a row"


def _decode(values: Any) -> Row:
    schema, at, source, target, state, answer, phases, wake_s, components_ms = values
    if schema != SCHEMA:
        raise ValueError(f"schema {schema!r}")
    dns_ms, connect_ms, tls_ms, ttfb_ms, transfer_ms = phases
    return Row(
        at=datetime.fromisoformat(at),
        source=str(source),
        target=str(target),
        state=str(state),
        answer=NoAnswer(answer) if isinstance(answer, str) else answer,
        phases=Phases(
            dns_ms=dns_ms,
            connect_ms=connect_ms,
            tls_ms=tls_ms,
            ttfb_ms=ttfb_ms,
            transfer_ms=transfer_ms,
        ),
        wake_s=wake_s,
        components_ms={
            name: float(latency) for name, latency in components_ms.items() if latency is not None
        },
    )
