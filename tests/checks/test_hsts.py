import pytest

from keepwell.checks.hsts import Hsts
from keepwell.model.probe import NoAnswer, Sample
from keepwell.model.verdict import Status
from tests.checks.samples import answer, make_probe, silence

WANTED = make_probe(expects_hsts=True)


@pytest.mark.parametrize(
    ("value", "status", "message"),
    [
        ("max-age=31536000", Status.PASS, "max-age 31536000 s"),
        ('includeSubDomains; MAX-AGE = "300" ; preload', Status.PASS, "max-age 300 s"),
        ("max-age=0", Status.WARN, "the header is 'max-age=0', wanted a max-age above 0"),
        ("max-age=soon", Status.WARN, "the header is 'max-age=soon', wanted a max-age above 0"),
        ("", Status.WARN, "the header is missing, wanted a max-age above 0"),
    ],
)
def test_an_age_above_nought_passes(value: str, status: Status, message: str) -> None:
    found = Hsts().look(answer(WANTED, headers={"strict-transport-security": value}))
    assert found is not None
    assert (found.status, found.message) == (status, message)


@pytest.mark.parametrize(
    "sample", [answer(), answer(WANTED, tls_version=None), silence(NoAnswer.RESET, WANTED, tls_version="TLSv1.3")]
)  # fmt: skip
def test_it_does_not_apply_undeclared_over_plain_http_or_without_answer(sample: Sample) -> None:
    assert Hsts().look(sample) is None
