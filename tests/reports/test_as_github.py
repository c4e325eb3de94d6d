import pytest

from keepwell.errors import Problem, StackError, UsageError
from keepwell.model.verdict import Excerpt, Finding, Report, Status, Table, Verdict
from keepwell.reports.as_github import format_annotations, format_error, format_summary
from tests.reports.samples import REPORT


def test_only_what_is_not_well_is_annotated_with_its_place():
    assert format_annotations(REPORT) == (
        "::error title=status FAIL::503, wanted 200\n"
        "::warning file=stack.yaml,line=32,col=5,title=tls_legs WARN::the leg to Redis is plaintext"
        "%0Ait stays in the private network%0Ahint: keep it there"
        "%0Ahttps://render.com/docs/key-value\n"
    )


def failing(count: int, message: str = "no") -> Report:
    found = [Finding(rule="r", status=Status.FAIL, message=message) for _ in range(count)]
    return Report(command="c", conclusion="no", verdicts=[Verdict(subject="s", findings=found)])


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (10, 10), (11, 10), (400, 10)])
def test_annotations_stay_within_the_runners_ten(count: int, shown: int):
    lines = format_annotations(failing(count)).splitlines()
    assert len(lines) == shown
    if count > 10:
        assert lines[-1].endswith(f"::{count - 9} more are listed in the step's summary")


@pytest.mark.parametrize("hostile", ["a\n::set-output name=x::1", "a\r::error::b", "100%0A::x::"])
def test_a_message_is_one_command_whatever_it_holds(hostile: str):
    text = format_annotations(failing(1, hostile))
    assert text.count("\n") == 1
    assert "\r" not in text
    assert "0A::x" not in text.replace("%250A", "")


def test_the_summary_shows_troubles_first_and_folds_the_rest():
    summary = format_summary(REPORT)
    assert summary.startswith("## :x: keepwell verify: 1 of 2 is not well\n")
    assert summary.index("503, wanted 200") < summary.index("the leg to Redis is plaintext")
    assert summary.index("503, wanted 200") < summary.index("<details><summary>1 passed")
    assert "| api | 12 |" in summary
    assert "```text\n12:00 up\n12:01 down\n```" in summary


def test_the_summary_survives_hostile_text():
    hostile = "<img src=x> | [a](b) `c` @all ```"
    report = Report(
        command="c",
        conclusion=hostile,
        tables=[Table(title="", columns=("a",), rows=((hostile,),))],
        excerpts=[Excerpt(title=hostile, text="```\n</details>\n````")],
    )
    summary = format_summary(report)
    assert "<img" not in summary.replace("\\<img", "")
    assert "&lt;img" in summary
    assert "](b)" not in summary.split("<details")[0]
    assert "`````text\n```\n</details>\n````\n`````" in summary


def test_an_error_is_annotated_in_each_of_its_places():
    problems = [Problem(path="s.yaml", line=n, column=1, message="bad") for n in (1, 2)]
    error = StackError("2 problems", problems=problems)
    assert format_error(error, problems=error.problems) == (
        "::error file=s.yaml,line=1,col=1,title=stack FAIL::bad\n"
        "::error file=s.yaml,line=2,col=1,title=stack FAIL::bad\n"
    )
    assert format_error(UsageError("no", hint="do"), problems=()) == (
        "::error title=keepwell::no%0Ahint: do\n"
    )
