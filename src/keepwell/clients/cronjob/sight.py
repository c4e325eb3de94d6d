"""What follows from the jobs that stand at cron-job.org. Asks nobody."""

from collections.abc import Iterator, Mapping
from typing import Any

from keepwell.model.resource import Resource
from keepwell.model.secret import HIDDEN, Lookup, seen
from keepwell.model.verdict import Finding, Status

LAST = {
    0: "has not run yet",
    1: "went well",
    2: "failed: the name was not found",
    3: "failed: no connection",
    4: "failed: an HTTP error",
    5: "failed: it took too long",
    6: "failed: the answer was too large",
    7: "failed: the URL is not valid",
    8: "failed: an error of cron-job.org's own",
    9: "failed: for an unknown reason",
}
"""What a job's `lastStatus` says of its last execution."""

_FAILURES = 16
_SECRETIVE = {"auth", "extendedData"}


def compared(
    wanted: Mapping[str, Any], row: Mapping[str, Any], *, lookup: Lookup
) -> dict[str, Any]:
    """The fields of a job as far as they are wanted, a wanted value itself where the two agree.

    Nothing of a header, a body or a password is shown that differs: it is HIDDEN.
    """
    return {
        name: _compared(value, row.get(name), lookup=lookup, is_open=name not in _SECRETIVE)
        for name, value in wanted.items()
    }


def survey(
    present: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Resource]
) -> Iterator[Finding]:
    """What a reader must know: jobs that should run and do not, and copies."""
    for key, row in present.items():
        if key in wanted and wanted[key].fields.get("enabled") and not row["enabled"]:
            yield _switched_off(key, row.get("lastStatus", 0))
        elif key not in wanted and key.partition("#")[0] in wanted:
            yield _copy(key)


def _switched_off(title: str, status: int) -> Finding:
    return Finding(
        rule="job-disabled",
        status=Status.WARN,
        message=f"the job {title} is switched off; its last execution "
        + LAST.get(status, f"ended with the status {status}"),
        path=f"cron-job-org job {title}",
        why=f"cron-job.org switches a job off at its {_FAILURES}th failure in a row, and nobody "
        "switches it on again",
        hint="mend what it calls, then apply: that switches it on",
        see="https://docs.cron-job.org/rest-api.html",
    )


def _copy(key: str) -> Finding:
    title, _, number = key.partition("#")
    return Finding(
        rule="job-twice",
        status=Status.WARN,
        message=f"the job {title} is there more than once; number {number} is a newer copy",
        path=f"cron-job-org job {key}",
        hint=f"apply with --allow-delete 'cron-job-org job {key}'",
    )


def _compared(wanted: Any, actual: Any, *, lookup: Lookup, is_open: bool) -> Any:
    """The actual value as far as it is managed; `wanted` itself where the two agree.

    A schedule's numbers are a set. Texts that differ are shown only where that `is_open`.
    """
    if isinstance(wanted, Mapping):
        given = actual or {}
        return {
            name: _headers(each, given.get(name), lookup=lookup)
            if name == "headers"
            else _compared(each, given.get(name), lookup=lookup, is_open=is_open)
            for name, each in wanted.items()
        }
    if isinstance(wanted, list) and isinstance(actual, list):
        return wanted if sorted(wanted) == sorted(actual) else actual
    if isinstance(wanted, str):
        return _text(wanted, str(actual or ""), lookup=lookup, is_open=is_open)
    return actual


def _headers(wanted: Mapping[str, str], actual: Any, *, lookup: Lookup) -> dict[str, str]:
    """All headers of a job, by the wanted spelling of their names, which have no case."""
    spelled = {name.lower(): name for name in wanted}
    sent: Mapping[str, str] = actual or {}  # PHP writes an empty mapping as an empty list
    given = {spelled.get(name.lower(), name): value for name, value in sent.items()}
    return {
        name: _text(wanted[name], value, lookup=lookup, is_open=False) if name in wanted else HIDDEN
        for name, value in given.items()
    }


def _text(wanted: str, actual: str, *, lookup: Lookup, is_open: bool) -> str:
    shown = seen(wanted, actual, lookup=lookup)
    return shown if is_open or shown == wanted else HIDDEN
