import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from keepwell.clients.prober.connection import trust
from keepwell.errors import UsageError
from keepwell.model.probe import NoAnswer
from tests.clients.asking import ask, make_prober
from tests.clients.servers import (
    answering,
    server_tls,
    serving,
)


def test_a_server_that_knows_no_newer_tls_is_noted_as_such(ca: Path) -> None:
    with serving(answering(), tls=server_tls(newest=ssl.TLSVersion.TLSv1_2)) as served:
        sample = ask(served, prober=make_prober(ca_file=ca), scheme="https")
    assert (sample.status_code, sample.tls_version) == (200, "TLSv1.2")


@pytest.mark.parametrize(
    ("tls", "code"),
    [
        (server_tls(not_after=datetime(2021, 1, 1, tzinfo=UTC)), 10),
        (server_tls("other.example.com"), 62),
        (server_tls(by=trustme.CA()), 20),
    ],
    ids=["expired", "wrong host", "unknown authority"],
)
def test_a_certificate_that_does_not_verify_is_no_answer(
    ca: Path, tls: ssl.SSLContext, code: int
) -> None:
    with serving(answering(), tls=tls) as served:
        sample = ask(served, prober=make_prober(ca_file=ca), scheme="https")
    assert sample.error is NoAnswer.TLS
    assert sample.certificate is not None
    assert sample.certificate.verify_code == code
    assert sample.certificate.verify_message
    assert sample.status_code is None
    assert served.requests == []


def test_the_systems_authorities_do_not_trust_ours() -> None:
    with serving(answering(), tls=server_tls()) as served:
        assert ask(served, scheme="https").error is NoAnswer.TLS


def test_plain_text_where_tls_is_expected_is_a_failure_of_tls(ca: Path) -> None:
    with serving(answering(head="400 Bad Request")) as served:
        sample = ask(served, prober=make_prober(ca_file=ca), scheme="https")
    assert (sample.error, sample.certificate) == (NoAnswer.TLS, None)


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_file_of_authorities_that_holds_none_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(text)
    with pytest.raises(UsageError, match=r"--ca: .*ca\.pem"):
        make_prober(ca_file=file)


def test_a_machine_without_authorities_gets_the_usual_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "none.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert trust.__wrapped__(None).cert_store_stats()["x509_ca"] > 0


def test_authorities_are_loaded_once() -> None:
    assert trust(None) is trust(None)
