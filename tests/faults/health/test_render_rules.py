"""Render's rules: 15 s of failures and it is out of rotation, 60 s and it is restarted."""

import pytest

from tests.faults.health.render_rules import Watched


@pytest.mark.parametrize(
    ("failing_s", "outs", "restarts"),
    [(0, 0, 0), (14, 0, 0), (16, 1, 0), (59, 1, 0), (61, 1, 1), (125, 2, 2)],
)
def test_what_a_failing_instance_comes_to(failing_s: int, outs: int, restarts: int):
    watched = Watched()
    for second in range(failing_s + 1):
        watched.note(503, asked_s=100.0 + second, took_s=0.0)
    watched.note(200, asked_s=101.0 + failing_s, took_s=0.0)
    assert (watched.outs, watched.restarts) == (outs, restarts)


def test_one_success_begins_the_count_anew():
    watched = Watched()
    for second in range(120):
        status = 200 if second % 10 == 9 else 503
        assert not watched.note(status, asked_s=float(second), took_s=0.0)
    assert watched.outs == 0


def test_a_redirect_is_well_and_an_answer_after_5_s_is_none():
    watched = Watched()
    for second in range(0, 100, 6):
        watched.note(302, asked_s=float(second), took_s=4.9)
    assert (watched.outs, watched.restarts) == (0, 0)
    for second in range(0, 64, 6):
        watched.note(200, asked_s=float(second), took_s=5.1)
    assert (watched.outs, watched.restarts) == (1, 1)
