import pytest

from keepwell.clients.prober.deadline import Deadline


def test_what_remains_shrinks_and_stays_above_nought() -> None:
    deadline = Deadline(60)
    first = deadline.remaining_s()
    assert 0 < deadline.remaining_s() < first <= 60


def test_a_deadline_that_has_passed_says_so() -> None:
    with pytest.raises(TimeoutError):
        Deadline(0).remaining_s()
