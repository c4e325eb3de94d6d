"""Report to text for a terminal: verdicts, tables, excerpts, and the conclusion last."""

from collections.abc import Iterator, Sequence

from keepwell.model.verdict import Excerpt, Finding, Report, Status, Table, Verdict
from keepwell.reports.escaping import one_line, visible

_COLOURS = {Status.PASS: "32", Status.WARN: "33", Status.UNKNOWN: "35", Status.FAIL: "31"}
_WIDTH = max(len(status.name) for status in Status)


def format_text(report: Report, *, colour: bool = False) -> str:
    """The report as lines; `colour` adds ANSI colours to the status words."""
    blocks = [
        *(_verdict(verdict, colour=colour) for verdict in report.verdicts),
        *(_table(table) for table in report.tables),
        *(_excerpt(excerpt) for excerpt in report.excerpts),
        _conclusion(report, colour=colour),
    ]
    return "\n\n".join(blocks) + "\n"


def _conclusion(report: Report, *, colour: bool) -> str:
    word = _coloured(report.status.name, report.status, colour=colour)
    return f"{word}: {one_line(report.conclusion)}"


def _word(status: Status, *, colour: bool) -> str:
    return _coloured(status.name.ljust(_WIDTH), status, colour=colour)


def _coloured(text: str, status: Status, *, colour: bool) -> str:
    return f"\x1b[{_COLOURS[status]}m{text}\x1b[0m" if colour else text


def _verdict(verdict: Verdict, *, colour: bool) -> str:
    note = f"  ({one_line(verdict.note)})" if verdict.note else ""
    head = f"{_word(verdict.status, colour=colour)}  {one_line(verdict.subject)}{note}"
    rows = [line for found in verdict.findings for line in _finding(found, colour=colour)]
    return "\n".join([head, *rows])


def _finding(finding: Finding, *, colour: bool) -> Iterator[str]:
    place = f"{finding.place}: " if finding.place else ""
    word = _word(finding.status, colour=colour)
    yield f"  {word}  {finding.rule}: {one_line(place + finding.message)}"
    if finding.status is not Status.PASS:
        indent = " " * (_WIDTH + 4)
        for label, text in (("why", finding.why), ("hint", finding.hint), ("see", finding.see)):
            if text:
                yield f"{indent}{label}: {one_line(text)}"


def _table(table: Table) -> str:
    rows = [[one_line(cell) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(table.columns))]
    lines = [_row(row, widths) for row in rows]
    rule = _row(["-" * width for width in widths], widths)
    title = [one_line(table.title)] if table.title else []
    return "\n".join([*title, lines[0], rule, *lines[1:]])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _excerpt(excerpt: Excerpt) -> str:
    body = visible(excerpt.text).rstrip("\n").split("\n")
    return "\n".join([one_line(excerpt.title), *(f"  {line}".rstrip() for line in body)])
