import pytest

from keepwell.model.verdict import Finding, Place, Report, Status, Verdict


def finding(status: Status) -> Finding:
    return Finding(rule="r", status=status, message="m")


@pytest.mark.parametrize(
    ("statuses", "sum_", "exit_code"),
    [
        ([], Status.PASS, 0),
        ([Status.PASS, Status.PASS], Status.PASS, 0),
        ([Status.PASS, Status.WARN], Status.WARN, 0),
        ([Status.WARN, Status.UNKNOWN], Status.UNKNOWN, 3),
        ([Status.UNKNOWN, Status.FAIL, Status.PASS], Status.FAIL, 1),
    ],
)
def test_a_sum_is_as_good_as_its_worst(statuses: list[Status], sum_: Status, exit_code: int):
    verdict = Verdict(subject="s", findings=[finding(status) for status in statuses])
    report = Report(command="c", conclusion="", verdicts=[Verdict(subject="t"), verdict])
    assert verdict.status is report.status is sum_
    assert report.status.exit_code == exit_code


def test_a_finding_can_be_placed():
    place = Place(file="stack.yaml", line=3, column=9)
    assert str(finding(Status.WARN).at(place).place) == "stack.yaml:3:9"
