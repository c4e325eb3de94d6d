from datetime import timedelta

import pytest

from keepwell.decisions.judge import judge
from keepwell.decisions.timeline import Observation, describe, serving, timeline
from keepwell.model.probe import NoAnswer, Phases, Sample
from tests.checks.samples import NOON, OTHER_SHA, SHA, answer, body, make_probe, silence

WANTED = make_probe(revision=SHA)
ASLEEP = {"x-render-routing": "hibernate-wake-error"}


def seen(sample: Sample) -> Observation:
    return Observation(sample=sample, verdict=judge(sample))


@pytest.mark.parametrize(
    ("sample", "text"),
    [
        (answer(WANTED, body=body(releaseId=SHA)), f"up: {SHA} serves"),
        (answer(), "up"),
        (
            answer(WANTED, code=503, body=body("fail", releaseId=OTHER_SHA)),
            f"not rolled out: '{OTHER_SHA}' serves, wanted '{SHA}'",
        ),
        (answer(code=503, body=body("fail")), "down: 503, wanted 2xx; status 'fail'"),
        (silence(NoAnswer.REFUSED), "down: the connection was refused"),
        (
            answer(code=403, headers={"cf-mitigated": "challenge"}, body=b""),
            "edge-challenged: cf-mitigated: challenge",
        ),
        (answer(code=503, headers=ASLEEP, body=b""), "waking: 503 hibernate-wake-error"),
        (answer(body=body("warn")), "degraded: status 'warn'"),
    ],
)
def test_one_answer_is_one_line(sample: Sample, text: str) -> None:
    assert describe(seen(sample)) == text


def test_equal_answers_are_counted_and_the_last_one_is_told_in_full() -> None:
    samples = [
        answer(WANTED, body=body(releaseId=OTHER_SHA)),
        answer(WANTED, body=body(releaseId=OTHER_SHA), taken_at=NOON + timedelta(seconds=5)),
        silence(NoAnswer.REFUSED, WANTED, taken_at=NOON + timedelta(seconds=10)),
        answer(WANTED, body=body(releaseId=SHA), taken_at=NOON + timedelta(seconds=15)),
    ]
    assert timeline([seen(sample) for sample in samples]).splitlines() == [
        f"12:00:00Z    2 x  not rolled out: '{OTHER_SHA}' serves, wanted '{SHA}'",
        "12:00:10Z    1 x  down: the connection was refused",
        f"12:00:15Z    1 x  up: {SHA} serves",
        "",
        "last answer: 200, 75 bytes, sha256 9b20b5dce2a4",
        "address: 93.184.216.34",
        "TLS: TLSv1.3, certificate until 2027-01-23",
        "phases: dns 10.0 ms, connect 20.0 ms, tls 30.0 ms, ttfb 35.0 ms, transfer 5.0 ms",
    ]


def test_the_lack_of_an_answer_is_told_with_what_is_known() -> None:
    lines = timeline([seen(silence(NoAnswer.DNS))]).splitlines()
    assert lines[2:] == ["last answer: none (dns)", "phases: none ended"]


def test_a_body_that_was_cut_is_told_to_be() -> None:
    assert "65 bytes, cut, sha256" in timeline([seen(answer(body=b"x" * 65, is_truncated=True))])


def test_plain_http_has_no_tls_to_tell_of() -> None:
    plain = make_probe(url="http://api.example.com/")
    assert "TLS" not in timeline([seen(answer(plain, tls_version=None, certificate=None))])


def test_a_certificate_without_dates_has_no_end_to_tell_of() -> None:
    assert "TLS: TLSv1.3\n" in timeline([seen(answer(certificate=None))])


def test_measured_times_alone_are_no_change() -> None:
    first, second = (seen(answer(phases=Phases(ttfb_ms=slow))) for slow in (6000, 7000))
    assert first.is_like(second)
    assert not first.is_like(seen(answer()))


@pytest.mark.parametrize(
    ("release", "text"),
    [
        (SHA, SHA),
        ("v1.2", "v1.2"),
        ("a\n::error::x", "'a\\n::error::x'"),
        ("x" * 64, "x" * 64),
        ("x" * 65, "'" + "x" * 64 + "'..."),
    ],
)
def test_a_revision_from_outside_stays_harmless(release: str, text: str) -> None:
    assert serving(answer(body=body(releaseId=release))) == text


def test_an_answer_without_a_document_names_no_revision() -> None:
    assert serving(answer(body=b"<html>")) == ""
