from datetime import timedelta

import pytest

from keepwell.checks.certificate_days import CertificateDays
from keepwell.model.probe import Certificate
from keepwell.model.verdict import Status
from tests.checks.samples import NOON, answer


@pytest.mark.parametrize(
    ("days", "status"),
    [(90, Status.PASS), (14, Status.PASS), (13.9, Status.WARN), (0, Status.WARN)],
)
def test_days_left_are_held_against_the_minimum(days: float, status: Status) -> None:
    certificate = Certificate(verify_code=0, not_after=NOON + timedelta(days=days))
    found = CertificateDays().look(answer(certificate=certificate))
    assert found is not None
    assert found.status is status
    assert found.message == f"{int(days)} days left, wanted 14"


@pytest.mark.parametrize(
    ("code", "hint"),
    [(10, "renew"), (62, "host name"), (20, "chain"), (18, "--ca"), (99, "check the certificate")],
)
def test_a_certificate_that_does_not_verify_fails_with_the_next_thing_to_do(
    code: int, hint: str
) -> None:
    found = CertificateDays().look(
        answer(certificate=Certificate(verify_code=code, verify_message="no"))
    )
    assert found is not None
    assert found.status is Status.FAIL
    assert found.message == f"not verified: no ({code})"
    assert hint in found.hint


def test_it_does_not_apply_without_certificate_or_dates() -> None:
    assert CertificateDays().look(answer(certificate=None)) is None
    assert CertificateDays().look(answer(certificate=Certificate(verify_code=0))) is None
