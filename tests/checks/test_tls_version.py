import pytest

from keepwell.checks.tls_version import TlsVersion
from keepwell.model.verdict import Status
from tests.checks.samples import answer, make_probe


@pytest.mark.parametrize(
    ("version", "minimum", "status"),
    [
        ("TLSv1.3", "1.3", Status.PASS),
        ("TLSv1.3", "1.2", Status.PASS),
        ("TLSv1.2", "1.2", Status.PASS),
        ("TLSv1.2", "1.3", Status.FAIL),
        ("TLSv1.1", "1.2", Status.FAIL),
        ("TLSv1", "1.2", Status.FAIL),
        ("TLSv1", "1.0", Status.PASS),
        ("SSLv3", "1.0", Status.FAIL),
    ],
)
def test_the_agreed_version_is_held_against_the_minimum(
    version: str, minimum: str, status: Status
) -> None:
    found = TlsVersion().look(answer(make_probe(minimum_tls_version=minimum), tls_version=version))
    assert found is not None
    assert found.status is status


def test_it_does_not_apply_without_tls() -> None:
    assert TlsVersion().look(answer(tls_version=None)) is None
