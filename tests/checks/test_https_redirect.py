import pytest

from keepwell.checks.https_redirect import HttpsRedirect
from keepwell.model.probe import NoAnswer
from keepwell.model.verdict import Status
from tests.checks.samples import answer, make_probe, silence

PLAIN = make_probe(url="http://api.example.com/health", is_deep=False)
TABLE = [
    (301, "https://api.example.com/health", Status.PASS),
    (308, "https://API.example.com:8443/x", Status.PASS),
    (302, "https://api.example.com/health", Status.WARN),
    (307, "https://api.example.com/health", Status.WARN),
    (301, "https://evil.example/health", Status.FAIL),
    (301, "http://api.example.com/other", Status.FAIL),
    (301, "/health", Status.FAIL),
    (301, "https://[broken", Status.FAIL),
    (301, "", Status.FAIL),
    (200, "", Status.FAIL),
    (404, "", Status.FAIL),
]


@pytest.mark.parametrize(("code", "location", "status"), TABLE)
def test_only_a_lasting_redirect_to_the_same_host_passes(
    code: int, location: str, status: Status
) -> None:
    found = HttpsRedirect().look(answer(PLAIN, code=code, headers={"location": location}))
    assert found is not None
    assert found.status is status
    assert str(code) in found.message


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NoAnswer.REFUSED, Status.PASS),
        (NoAnswer.TIMEOUT, Status.PASS),
        (NoAnswer.DNS, None),
        (NoAnswer.FORBIDDEN_ADDRESS, None),
    ],
)
def test_silence_passes_but_not_having_asked_does_not(
    error: NoAnswer, status: Status | None
) -> None:
    found = HttpsRedirect().look(silence(error, PLAIN))
    assert (found and found.status) == status


def test_it_does_not_apply_to_https() -> None:
    assert HttpsRedirect().look(answer(code=200)) is None
