from typing import Any

import pytest

from keepwell.checks.cold_start import ColdStart
from keepwell.model.probe import NoAnswer, Phases, Sample
from keepwell.model.verdict import Status
from tests.checks.samples import answer, make_probe, silence

AT_RENDER = make_probe(url="https://api.onrender.com/health")
SLOW = Phases(ttfb_ms=5001)


def routed(code: int, routing: str, **arguments: Any) -> Sample:
    return answer(code=code, headers={"x-render-routing": routing}, body=b"", **arguments)


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        (routed(503, "hibernate-wake-error"), "503 hibernate-wake-error"),
        (routed(404, "no-server", probe=AT_RENDER), "404 no-server"),
        (answer(phases=SLOW), "the first byte took 5.0 s"),
    ],
)
def test_a_waking_service_warns(sample: Sample, reason: str) -> None:
    found = ColdStart().look(sample)
    assert found is not None
    assert (found.status, found.message) == (Status.WARN, reason)


@pytest.mark.parametrize(
    "sample",
    [
        answer(),
        answer(phases=Phases(ttfb_ms=5000)),
        answer(code=500, phases=SLOW),
        routed(503, "something-else"),
        routed(404, "no-server"),
        routed(200, "hibernate-wake-error"),
        silence(NoAnswer.TIMEOUT),
    ],
)
def test_a_service_that_is_awake_or_down_does_not(sample: Sample) -> None:
    assert ColdStart().look(sample) is None
