import pytest

from keepwell.checks.json_health import JsonHealth
from keepwell.model.probe import NoAnswer, Sample
from keepwell.model.verdict import Status
from tests.checks.samples import answer, body, make_probe, silence

REDIS_FAILS = {
    "redis:responseTime": [{"status": "pass"}, {"status": "fail"}],
    "postgres:responseTime": [{"status": "pass"}],
}
TABLE = [
    (body("pass"), Status.PASS, "status 'pass'"),
    (body("OK"), Status.PASS, "status 'OK'"),
    (body("UP", components={"db": {"status": "UP"}}), Status.PASS, "status 'UP'"),
    (body("Healthy"), Status.PASS, "status 'Healthy'"),
    (b"Healthy", Status.PASS, "status 'Healthy'"),
    (b"Unhealthy\r\n", Status.FAIL, "status 'Unhealthy'"),
    (body("warn"), Status.WARN, "status 'warn'"),
    (
        body("Degraded", entries={"db": {"status": "Degraded"}}),
        Status.WARN,
        "status 'Degraded': 'db' 'Degraded'",
    ),
    (body("UNKNOWN"), Status.UNKNOWN, "status 'UNKNOWN'"),
    (
        body("fail", checks=REDIS_FAILS),
        Status.FAIL,
        "status 'fail': 'redis:responseTime' 'fail'",
    ),
    (
        body("DOWN", components={str(number): {"status": "DOWN"} for number in range(7)}),
        Status.FAIL,
        "status 'DOWN': '0' 'DOWN', '1' 'DOWN', '2' 'DOWN', '3' 'DOWN', '4' 'DOWN' and 2 more",
    ),
    (body("OUT_OF_SERVICE"), Status.FAIL, "status 'OUT_OF_SERVICE'"),
    (body("splendid\x1b[2J"), Status.FAIL, "unknown status 'splendid\\x1b[2J'"),
    (
        b'{"state": "pass"}',
        Status.FAIL,
        'no health document: JSON without a `status` that is text: \'{"state": "pass"}\'',
    ),
    (
        b'{"status": 1}',
        Status.FAIL,
        "no health document: JSON without a `status` that is text: '{\"status\": 1}'",
    ),
    (b'["pass"]', Status.FAIL, "no health document: JSON, but no object: '[\"pass\"]'"),
    (b"  ", Status.FAIL, "no health document: the body is empty"),
    (
        b"<html>\r\n\x1b]0;" + b"x" * 200,
        Status.FAIL,
        "no health document: not JSON: '<html>\\r\\n\\x1b]0;" + "x" * 68 + "'...",
    ),
]


@pytest.mark.parametrize(("text", "status", "message"), TABLE)
def test_every_dialect_is_read_and_nothing_else(text: bytes, status: Status, message: str) -> None:
    found = JsonHealth().look(answer(body=text))
    assert found is not None
    assert (found.status, found.message) == (status, message)
    assert bool(found.hint) is (status is not Status.PASS)


def test_a_cut_body_fails_even_if_what_came_is_json() -> None:
    found = JsonHealth().look(answer(body=body(), is_truncated=True))
    assert found is not None
    assert found.status is Status.FAIL
    assert found.message == "no health document: the body is longer than 18 bytes"


@pytest.mark.parametrize(
    "sample",
    [
        answer(make_probe(is_deep=False), body=b"<html>"),
        answer(make_probe(method="HEAD"), body=b""),
        silence(NoAnswer.REFUSED),
    ],
)
def test_it_does_not_apply_without_a_document_to_expect(sample: Sample) -> None:
    assert JsonHealth().look(sample) is None
