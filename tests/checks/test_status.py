import pytest

from keepwell.checks.status import StatusCode
from keepwell.model.probe import Certificate, NoAnswer, Sample
from keepwell.model.verdict import Status
from tests.checks.samples import answer, make_probe, silence

EXPIRED = Certificate(verify_code=10, verify_message="certificate has expired")
TABLE = [
    (answer(code=200), Status.PASS, "200"),
    (answer(code=204), Status.PASS, "204"),
    (
        answer(code=302, headers={"location": "https://x/\x1b[2J"}),
        Status.FAIL,
        "302 to 'https://x/\\x1b[2J', wanted 2xx",
    ),
    (answer(code=404), Status.FAIL, "404, wanted 2xx"),
    (answer(code=429), Status.UNKNOWN, "429: the probe was rate limited"),
    (answer(code=503), Status.FAIL, "503, wanted 2xx"),
    (silence(NoAnswer.DNS), Status.FAIL, "the name does not resolve"),
    (silence(NoAnswer.REFUSED), Status.FAIL, "the connection was refused"),
    (silence(NoAnswer.TIMEOUT), Status.FAIL, "no whole answer in 10 s"),
    (silence(NoAnswer.TLS), Status.FAIL, "TLS failed: the handshake broke off"),
    (
        silence(NoAnswer.TLS, certificate=EXPIRED),
        Status.FAIL,
        "TLS failed: certificate has expired",
    ),
    (
        silence(NoAnswer.FORBIDDEN_ADDRESS, address="10.0.0.1"),
        Status.UNKNOWN,
        "not asked: 10.0.0.1 is not a public address",
    ),
]


@pytest.mark.parametrize(("sample", "status", "message"), TABLE)
def test_the_code_or_the_lack_of_one_is_named(sample: Sample, status: Status, message: str) -> None:
    found = StatusCode().look(sample)
    assert found is not None
    assert (found.status, found.message) == (status, message)
    assert bool(found.hint) is (status is not Status.PASS)


@pytest.mark.parametrize("error", NoAnswer)
def test_every_lack_of_an_answer_has_words(error: NoAnswer) -> None:
    found = StatusCode().look(silence(error))
    assert found is not None
    assert found.status is not Status.PASS


def test_plain_http_is_left_to_the_redirect_check() -> None:
    assert StatusCode().look(answer(make_probe(url="http://api.example.com/"), code=301)) is None
