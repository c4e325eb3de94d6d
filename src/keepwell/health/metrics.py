"""The readings as Prometheus text, for who scrapes instead of asking. Pure.

A stranger sees what the public body says and no more: the status of the whole.
Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (read 2026-11)
"""

from collections.abc import Iterator, Sequence

from keepwell.health.reading import ErrorClass, Reading, Status

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_STATUS = "keepwell_health_status", "Status of the whole: 1 pass, 0.5 warn, 0 fail."
_CHECK = "keepwell_check_status", "Status of one check: 1 pass, 0.5 warn, 0 fail."
_ERROR = "keepwell_check_error", "Why a check fails."
_TOOK = "keepwell_check_seconds", "Duration of the round trip of one check that passes."
_VALUES = {Status.PASS: "1", Status.WARN: "0.5", Status.FAIL: "0"}


def metrics(status: Status, readings: Sequence[Reading] = ()) -> bytes:
    """The page; `readings` only for those who may see them."""
    return "".join(f"{line}\n" for line in _lines(status, readings)).encode()


def _lines(status: Status, readings: Sequence[Reading]) -> Iterator[str]:
    yield from _head(*_STATUS)
    yield f"{_STATUS[0]} {_VALUES[status]}"
    if not readings:
        return
    yield from _head(*_CHECK)
    for reading in readings:
        yield f"{_CHECK[0]}{_labels(reading)} {_VALUES[reading.status]}"
    yield from _head(*_ERROR)
    for reading in readings:
        if reading.error is not None:
            yield f"{_ERROR[0]}{_labels(reading, reading.error)} 1"
    yield from _head(*_TOOK)
    for reading in readings:
        if reading.round_trip_ms is not None:
            yield f"{_TOOK[0]}{_labels(reading)} {reading.round_trip_ms / 1000:.6f}"


def _head(name: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"


def _labels(reading: Reading, error: ErrorClass | None = None) -> str:
    name = reading.component.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    more = f',error="{error.value}"' if error else ""
    return f'{{component="{name}"{more}}}'
