from pathlib import Path

import pytest

from tests.contracts.calls import counts
from tests.contracts.described import Violation
from tests.contracts.deviations import Deviation, without_deviations

FOUND = Violation(operation="PUT /a/{b}", place="answer 200 rules[].id", message="is required")


def deviation(operation: str = "PUT /a/{b}", place: str = "*", message: str = "*") -> Deviation:
    return Deviation(operation=operation, place=place, message=message, reason="for a test")


@pytest.mark.parametrize(
    "listed",
    [
        deviation(),
        deviation(place="answer 200 rules[].id"),
        deviation(place="answer * rules[].*", message="*required"),
        deviation(operation="PUT *"),
    ],
)
def test_what_is_listed_is_taken_out(listed: Deviation):
    assert without_deviations([FOUND, FOUND], [listed]).wrong == ()
    assert without_deviations([FOUND], [listed]).unused == ()


@pytest.mark.parametrize(
    "listed",
    [
        deviation(operation="GET *"),
        deviation(place="answer 200 rules"),
        deviation(message="is not described"),
    ],
)
def test_what_is_not_listed_stays_and_what_nobody_needs_is_told(listed: Deviation):
    outcome = without_deviations([FOUND, FOUND], [listed])
    assert outcome.wrong == (FOUND,)
    assert outcome.unused == (listed,)


def test_the_readme_counts_both_kinds_of_descriptions():
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    known = counts()
    total = known.official + known.ours
    assert f"({known.official} of {total}), else against ours ({known.ours})" in readme
