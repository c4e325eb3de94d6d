"""The judge of the matrix finds every kind of deviation: each row spoils one thing of a right run."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.health.judging import RELEASE, Times, expected, measure, wrongs
from tests.faults.health.probing import DETAILED, PATHS, Sample
from tests.faults.health.scenario import PASS, Answer, Scenario, shared

TIMES = Times(breaking_s=10.0, broken_s=10.0, mending_s=20.0, mended_s=20.0, ended_s=24.0)


def _nothing(_stage):
    yield


SCENARIO = shared("postgres is away", _nothing, postgres="refused")


def sample(path: str, at_s: float, answer: Answer, failing: dict[str, str]) -> Sample:
    document: dict[str, Any] = {**answer.document, "releaseId": RELEASE}
    if path == DETAILED:
        document["checks"] = {
            f"{name}:responseTime": [{"status": "fail", "output": error}]
            for name, error in failing.items()
        }
    return Sample(
        path=path, sent_s=at_s, answered_s=at_s + 0.1, status=answer.status, document=document
    )


def run(scenario: Scenario) -> list[Sample]:
    """All as it must be: the fault is seen after a second, and its end after another."""
    broken = expected(scenario)
    return [
        sample(path, at_s / 2, broken[path], dict(scenario.failing))
        if 22 <= at_s <= 41
        else sample(path, at_s / 2, PASS, {})
        for at_s in range(2, 48)
        for path in PATHS
    ]


def spoiled(path: str, at_s: float, **changes: Any) -> Callable[[Sequence[Sample]], list[Sample]]:
    def _spoil(samples: Sequence[Sample]) -> list[Sample]:
        return [
            replace(each, **changes) if (each.path, each.sent_s) == (path, at_s) else each
            for each in samples
        ]

    return _spoil


GREEN = {"status": "pass", "releaseId": RELEASE}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoiled("/health", 1.0, status=503), "before: /health says 503"),
        (spoiled("/health", 12.5, status=200, document=GREEN), "a false 200 2.50 s after"),
        (spoiled("/health", 15.0, status=200, document=GREEN), "during: /health says 200"),
        (spoiled("/readyz", 15.0, status=503), "during: /readyz says 503"),
        (spoiled("/livez", 15.0, status=503), "during: /livez says 503"),
        (spoiled("/readyz", 15.0, document={"status": "warn", "releaseId": RELEASE, "db": "10.0.0.1"}), "10.0.0.1"),
        (spoiled(DETAILED, 15.0, document={"status": "fail", "releaseId": RELEASE}), "503 with {}"),
        (spoiled("/health", 15.0, answered_s=19.1), "/health took 4.10 s"),
        (spoiled("/readyz", 15.0, status=0, document={}), "/readyz did not answer"),
        (spoiled("/health", 22.0, status=503), "after: /health says 503"),
        (lambda samples: [e for e in samples if e.path != "/readyz"], "nothing was asked during it: /readyz"),
    ],
)  # fmt: skip
def test_a_deviation_is_found(spoil: Callable[[Sequence[Sample]], list[Sample]], said: str):
    assert said in " ".join(wrongs(SCENARIO, spoil(run(SCENARIO)), TIMES))


def test_a_right_run_has_nothing_wrong():
    assert [*wrongs(SCENARIO, run(SCENARIO), TIMES)] == []


def test_what_falls_into_silence_is_not_judged():
    cut = spoiled("/health", 15.0, status=0, document={})(run(SCENARIO))
    assert [*wrongs(SCENARIO, cut, TIMES)] != []
    assert [*wrongs(SCENARIO, cut, replace(TIMES, quiet=[(14.8, 15.2)]))] == []


def test_the_figures():
    measured = measure(run(SCENARIO), TIMES)
    assert measured.slowest_s == pytest.approx(0.1)
    assert measured.seen_s == pytest.approx(1.1)
    assert measured.recovered_s == pytest.approx(1.1)
