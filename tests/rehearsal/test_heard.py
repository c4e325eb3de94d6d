"""What is made of a command's JSON report."""

from typing import Any

import pytest

from keepwell.rehearsal.heard import Heard, heard


def said(status: str, *findings: tuple[str, str], conclusion: str = "done") -> Heard:
    report: dict[str, Any] = {
        "command": "verify",
        "status": status,
        "conclusion": conclusion,
        "verdicts": [{"findings": [{"status": word, "message": text} for word, text in findings]}],
        "outputs": {"verdict": "pass"},
    }
    return heard(report, exit_code=1)


@pytest.mark.parametrize(
    ("status", "blamed"),
    [("fail", " (redis)"), ("warn", " (postgres)"), ("unknown", ""), ("pass", "")],
)
def test_only_what_was_worst_is_blamed(status: str, blamed: str) -> None:
    found = [
        ("pass", "postgres, redis 1 ms"),
        ("warn", "postgres 60 ms of 10"),
        ("fail", "redis failed"),
    ]
    assert said(status, *found).blames(["postgres", "redis"]) == blamed


def test_its_line_says_each_trouble_once() -> None:
    line = said(
        "fail", ("fail", "503"), ("fail", "slow"), ("fail", "slow"), conclusion="unhealthy: 503"
    ).line
    assert line == "keepwell verify: FAIL, unhealthy: 503 (slow)"
    assert said("pass", ("pass", "200")).line == "keepwell verify: PASS, done"
