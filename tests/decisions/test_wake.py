"""When a service that may be waking is asked again."""

from datetime import UTC, datetime

import pytest

from keepwell.decisions.wake import wait_before_asking_again
from keepwell.model.probe import NoAnswer, Probe, Sample
from keepwell.model.state import State, TargetVerdict

PROBE = Probe(name="api", url="https://api.shop.example/health")


def wait_s(
    answer: int | NoAnswer, state: State, *, times_asked: int = 1, passed_s: float = 0.0
) -> float | None:
    sample = Sample(
        probe=PROBE,
        taken_at=datetime(2026, 11, 24, tzinfo=UTC),
        status_code=None if isinstance(answer, NoAnswer) else answer,
        error=answer if isinstance(answer, NoAnswer) else None,
    )
    return wait_before_asking_again(
        sample,
        verdict=TargetVerdict(subject="api", state=state),
        times_asked=times_asked,
        passed_s=passed_s,
        grace_s=90,
    )


@pytest.mark.parametrize(
    ("answer", "state", "expected_s"),
    [
        (503, State.WAKING, 10),
        (404, State.WAKING, 10),
        (NoAnswer.TIMEOUT, State.DOWN, 10),
        (200, State.WAKING, None),  # held until it was awake: there is nothing left to wait for
        (200, State.UP, None),
        (503, State.DOWN, None),
        (403, State.EDGE_CHALLENGED, None),
        (NoAnswer.REFUSED, State.DOWN, None),
        (NoAnswer.DNS, State.DOWN, None),
    ],
)
def test_only_what_may_be_waking_is_asked_again(
    answer: int | NoAnswer, state: State, expected_s: float | None
) -> None:
    assert wait_s(answer, state) == expected_s


@pytest.mark.parametrize(
    ("times_asked", "passed_s", "expected_s"),
    [(1, 0, 10), (2, 10, 20), (3, 30, 40), (4, 40, 40), (4, 70, 20), (5, 89.5, 0.5), (5, 90, None)],
)
def test_waits_grow_and_the_last_ends_with_the_grace(
    times_asked: int, passed_s: float, expected_s: float | None
) -> None:
    assert wait_s(503, State.WAKING, times_asked=times_asked, passed_s=passed_s) == expected_s
