import pytest

from keepwell.errors import (
    ApiError,
    CouldNotTell,
    KeepwellError,
    Problem,
    Refused,
    StackError,
    UsageError,
)


@pytest.mark.parametrize(
    ("kind", "exit_code"),
    [(UsageError, 2), (StackError, 2), (ApiError, 3), (CouldNotTell, 3), (Refused, 1)],
)
def test_each_error_has_its_exit_code(kind: type[KeepwellError], exit_code: int):
    error = kind("what happened", hint="do this")
    assert (error.exit_code, str(error), error.hint) == (exit_code, "what happened", "do this")


def test_problems_read_as_place_and_message_and_sort_by_place():
    late = Problem(path="stack.yaml", line=14, column=7, message="b")
    early = Problem(path="stack.yaml", line=3, column=9, message="a")
    assert str(late) == "stack.yaml:14:7: b"
    assert sorted([late, early]) == [early, late]
