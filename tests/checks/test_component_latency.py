from typing import Any

import pytest

from keepwell.checks.component_latency import ComponentLatency
from keepwell.model.probe import Sample
from keepwell.model.verdict import Status
from tests.checks.samples import answer, body, make_probe

BUDGETS = {"postgres": 10, "redis": 5}
TOKEN = {"Authorization": "Bearer x"}


def details(postgres: Any, redis: Any = (1, "ms")) -> bytes:
    """A health document with a latency (value, unit) per component; a list is a node each."""
    named = {"postgres": postgres, "redis": redis}
    return body(
        checks={
            f"{name}:responseTime": [
                {"observedValue": value, "observedUnit": unit} for value, unit in nodes
            ]
            for name, latency in named.items()
            for nodes in [latency if isinstance(latency, list) else [latency]]
        }
    )


TABLE = [
    (details((9.6, "ms")), Status.PASS, "postgres 9.6 ms of 10, redis 1 ms of 5"),
    (details((0.004, "s")), Status.PASS, "postgres 4 ms of 10, redis 1 ms of 5"),
    (details((900, "us")), Status.PASS, "postgres 0.9 ms of 10, redis 1 ms of 5"),
    (details((0.0123, "s")), Status.WARN, "postgres 12.3 ms of 10"),
    (details([(1, "ms"), (11, "ms")]), Status.WARN, "postgres 11 ms of 10"),
    (details((10, "ms"), redis=(5.01, "ms")), Status.WARN, "redis 5.01 ms of 5"),
    (details((1, "fortnight")), Status.WARN, "no latency of postgres; the answer has 'redis'"),
    (details((True, "ms")), Status.WARN, "no latency of postgres; the answer has 'redis'"),
    (body(), Status.WARN, "no latency of postgres, redis; the answer has no latency at all"),
]


@pytest.mark.parametrize(("text", "status", "message"), TABLE)
def test_latencies_are_held_against_budgets(text: bytes, status: Status, message: str) -> None:
    found = ComponentLatency().look(
        answer(make_probe(budgets_ms=BUDGETS, headers=TOKEN), body=text)
    )
    assert found is not None
    assert (found.status, found.message) == (status, message)


@pytest.mark.parametrize(
    "sample",
    [
        answer(make_probe(headers=TOKEN), body=details((99, "ms"))),
        answer(make_probe(budgets_ms=BUDGETS), body=body()),
        answer(make_probe(budgets_ms=BUDGETS, headers=TOKEN), body=b"<html>"),
    ],
)
def test_it_does_not_apply_without_budgets_token_or_document(sample: Sample) -> None:
    assert ComponentLatency().look(sample) is None


def test_details_are_judged_without_a_token_too() -> None:
    sample = answer(make_probe(budgets_ms=BUDGETS), body=details((11, "ms")))
    found = ComponentLatency().look(sample)
    assert found is not None
    assert found.status is Status.WARN
