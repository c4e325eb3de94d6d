"""Report to JSON, schema 1: the shape that other programs may rely on."""

import json
from typing import Any

from keepwell.model.verdict import Finding, Report, Table, Verdict

SCHEMA = 1


def format_json(report: Report) -> str:
    """One JSON object; statuses are lower-case words; absent places are null."""
    shape = {
        "schema": SCHEMA,
        "command": report.command,
        "status": report.status.name.lower(),
        "conclusion": report.conclusion,
        "verdicts": [_verdict(verdict) for verdict in report.verdicts],
        "tables": [_table(table) for table in report.tables],
        "excerpts": [
            {"title": excerpt.title, "language": excerpt.language, "text": excerpt.text}
            for excerpt in report.excerpts
        ],
        "outputs": dict(report.outputs),
        "details": dict(report.details),
    }
    return json.dumps(shape, indent=2, ensure_ascii=False, default=list) + "\n"


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "subject": verdict.subject,
        "status": verdict.status.name.lower(),
        "note": verdict.note,
        "findings": [_finding(finding) for finding in verdict.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "rule": finding.rule,
        "status": finding.status.name.lower(),
        "message": finding.message,
        "path": finding.path,
        "place": place and {"file": place.file, "line": place.line, "column": place.column},
        "why": finding.why,
        "hint": finding.hint,
        "see": finding.see,
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": list(table.columns),
        "rows": [list(row) for row in table.rows],
    }
