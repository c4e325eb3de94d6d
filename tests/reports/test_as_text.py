import pytest

from keepwell.model.verdict import Finding, Report, Status, Verdict
from keepwell.reports.as_text import format_text
from tests.reports.samples import REPORT

EXPECTED = """\
WARN     api  (edge)
  PASS     status: 200
  WARN     tls_legs: stack.yaml:32:5: the leg to Redis is plaintext
           why: it stays in the private network
           hint: keep it there
           see: https://render.com/docs/key-value

FAIL     web
  FAIL     status: 503, wanted 200

targets
target  ms
------  --
api     12
web     9

timeline
  12:00 up
  12:01 down

FAIL: 1 of 2 is not well
"""


def test_a_report_reads_from_verdicts_to_conclusion():
    assert format_text(REPORT) == EXPECTED


def test_colour_adds_only_colour():
    coloured = format_text(REPORT, colour=True)
    for code in ("\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"):
        assert code in coloured
        coloured = coloured.replace(code, "")
    assert coloured == EXPECTED


@pytest.mark.parametrize("hostile", ["\x1b[2J", "a\rb", "\u202egnp", "x\ny"])
def test_text_from_outside_cannot_move_the_terminal(hostile: str):
    finding = Finding(rule="status", status=Status.FAIL, message=hostile)
    text = format_text(
        Report(command="c", conclusion=hostile, verdicts=[Verdict(subject="s", findings=[finding])])
    )
    assert hostile not in text
