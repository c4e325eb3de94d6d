"""Report to GitHub: annotations for WARN and worse, and Markdown for the step's summary.

A runner shows ten annotations of a type per step and cuts messages at 4,096 characters, so what
does not fit is counted in the last one and stands in the summary.
Source: https://docs.github.com/en/actions/reference/limits (read 2026-11)
"""

from collections.abc import Iterator, Sequence

from keepwell.errors import KeepwellError, Problem
from keepwell.model.verdict import Finding, Place, Report, Status, Table, Verdict
from keepwell.reports.escaping import command_message, command_property, fenced, html_text, markdown

ANNOTATIONS_PER_TYPE = 10
MESSAGE_LIMIT = 4000

_TYPES = {Status.WARN: "warning", Status.UNKNOWN: "error", Status.FAIL: "error"}
_MARKS = {
    Status.PASS: ":white_check_mark:",
    Status.WARN: ":warning:",
    Status.UNKNOWN: ":grey_question:",
    Status.FAIL: ":x:",
}


def format_annotations(report: Report) -> str:
    """Workflow commands, one a line; empty where all is well."""
    findings = [finding for verdict in report.verdicts for finding in verdict.findings]
    lines = [line for kind in ("error", "warning") for line in _annotations(findings, kind)]
    return "".join(f"{line}\n" for line in lines)


def format_summary(report: Report) -> str:
    """Markdown: the conclusion, what is not well, tables, excerpts, and what is well folded."""
    parts = [
        _head(report),
        *_troubles(report.verdicts),
        *(_table(table) for table in report.tables),
        *(
            f"<details open><summary>{html_text(excerpt.title)}</summary>\n\n"
            f"{fenced(excerpt.text, language=excerpt.language)}\n</details>\n"
            for excerpt in report.excerpts
        ),
        *_passes(report.verdicts),
    ]
    return "\n".join(parts)


def format_error(error: KeepwellError, *, problems: Sequence[Problem]) -> str:
    """An expected error as annotations: each problem in its place, or the error alone."""
    if not problems:
        return f"::error title=keepwell::{command_message(_message_of(error))}\n"
    findings = [
        Finding(
            rule="stack",
            status=Status.FAIL,
            message=problem.message,
            hint=problem.hint,
            place=Place(file=problem.path, line=problem.line, column=problem.column),
        )
        for problem in problems
    ]
    return "".join(f"{line}\n" for line in _annotations(findings, "error"))


def _message_of(error: KeepwellError) -> str:
    return f"{error.message}\nhint: {error.hint}" if error.hint else error.message


def _head(report: Report) -> str:
    mark, command = _MARKS[report.status], markdown(report.command)
    return f"## {mark} keepwell {command}: {markdown(report.conclusion)}\n"


def _annotations(findings: Sequence[Finding], kind: str) -> Iterator[str]:
    chosen = [finding for finding in findings if _TYPES.get(finding.status) == kind]
    fitting = chosen if len(chosen) <= ANNOTATIONS_PER_TYPE else chosen[: ANNOTATIONS_PER_TYPE - 1]
    for finding in fitting:
        yield f"::{kind} {_properties(finding)}::{command_message(_message(finding))}"
    if len(fitting) < len(chosen):
        rest = len(chosen) - len(fitting)
        yield f"::{kind} title=keepwell::{rest} more are listed in the step's summary"


def _properties(finding: Finding) -> str:
    title = f"title={command_property(f'{finding.rule} {finding.status.name}')}"
    if finding.place is None:
        return title
    place = finding.place
    return f"file={command_property(place.file)},line={place.line},col={place.column},{title}"


def _message(finding: Finding) -> str:
    parts = (finding.message, finding.why, finding.hint and f"hint: {finding.hint}", finding.see)
    return "\n".join(part for part in parts if part)[:MESSAGE_LIMIT]


def _troubles(verdicts: Sequence[Verdict]) -> Iterator[str]:
    rows = [
        (verdict.subject, finding)
        for verdict in verdicts
        for finding in verdict.findings
        if finding.status is not Status.PASS
    ]
    rows.sort(key=lambda row: row[1].status, reverse=True)
    if rows:
        yield "| | subject | rule | what | next |\n|---|---|---|---|---|\n" + "".join(
            f"| {_MARKS[finding.status]} | {markdown(subject)} | {markdown(finding.rule)} "
            f"| {markdown(_placed(finding))} | {markdown(finding.hint)} |\n"
            for subject, finding in rows
        )


def _placed(finding: Finding) -> str:
    return f"{finding.place}: {finding.message}" if finding.place else finding.message


def _passes(verdicts: Sequence[Verdict]) -> Iterator[str]:
    rows = [
        f"- {markdown(verdict.subject)}: {markdown(finding.rule)}: {markdown(finding.message)}\n"
        for verdict in verdicts
        for finding in verdict.findings
        if finding.status is Status.PASS
    ]
    if rows:
        yield f"<details><summary>{len(rows)} passed</summary>\n\n{''.join(rows)}\n</details>\n"


def _table(table: Table) -> str:
    head = "| " + " | ".join(markdown(cell) for cell in table.columns) + " |"
    rule = "|" + "---|" * len(table.columns)
    rows = ["| " + " | ".join(markdown(cell) for cell in row) + " |" for row in table.rows]
    title = f"### {markdown(table.title)}\n\n" if table.title else ""
    return title + "\n".join([head, rule, *rows]) + "\n"
