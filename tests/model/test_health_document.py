import pytest

from keepwell.model.health_document import NotADocument, read_document, shown
from tests.checks.samples import answer, body


def test_all_that_checks_need_is_read() -> None:
    nodes = [{"observedValue": 2.5}, {"observedValue": 1, "observedUnit": "ms", "status": "pass"}]
    document = read_document(
        answer(body=body(releaseId="abc", checks={"redis:responseTime": nodes}))
    )
    assert document.word == "pass"
    assert document.release_id == "abc"
    assert document.components == {"redis:responseTime": "pass"}
    assert document.latencies_ms == {"redis": 2.5}


@pytest.mark.parametrize("value", [-1, "3", None, True, float("inf"), float("nan"), 10**400])
def test_what_is_no_latency_is_left_out(value: object) -> None:
    text = body(checks={"redis:responseTime": [{"observedValue": value, "observedUnit": "ms"}]})
    assert read_document(answer(body=text)).latencies_ms == {}


@pytest.mark.parametrize("text", [b"", b"null", b"3", b'"pass"', b"{}", b"[" * 60_000, b"\xff"])
def test_what_is_no_document_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(NotADocument):
        read_document(answer(body=text))


def test_text_from_outside_is_shown_short_and_harmless() -> None:
    assert shown("a\x1b\u202eb") == "'a\\x1b\\u202eb'"
    assert shown("x" * 9, limit=8) == "'xxxxxxxx'..."
    assert shown(b"\xff" * 3) == "'\ufffd\ufffd\ufffd'"
