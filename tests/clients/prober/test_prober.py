import gzip
import socket
import ssl
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from keepwell.clients.prober import Prober
from keepwell.clock import ManualClock
from keepwell.errors import UsageError
from keepwell.model.probe import NoAnswer, Probe, Sample
from tests.clients.servers import (
    HOST,
    Handler,
    Served,
    answering,
    free_port,
    resetting,
    sending,
    server_tls,
    serving,
    write_authority,
)
from tests.worlds import NOON

OK = b"HTTP/1.1 200 OK\r\n"
LIMIT = 64 * 1024


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_authority(tmp_path_factory.mktemp("ca"))


def to_loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def make_prober(**changes: Any) -> Prober:
    values: dict[str, Any] = {
        "clock": ManualClock(NOON),
        "lookup": to_loopback,
        "allow_private": True,
    }
    return Prober(**{**values, **changes})


def ask(
    served: Served, *, prober: Prober | None = None, scheme: str = "http", **probe: Any
) -> Sample:
    url = f"{scheme}://{HOST}:{served.port}/health"
    return (prober or make_prober()).take(Probe(**{"name": "api", "url": url, **probe}))


def ask_once(handle: Handler, **probe: Any) -> Sample:
    with serving(handle) as served:
        return ask(served, **probe)


def test_an_answer_over_tls_is_noted_with_all_its_phases(ca: Path) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    handle = answering(headers="X-A: 1\r\nx-a: 2\r\nContent-Type: application/health+json\r\n")
    with serving(handle, tls=server_tls(not_after=ends)) as served:
        sample = ask(served, prober=make_prober(ca_file=ca), scheme="https")
    assert sample.error is None
    assert sample.status_code == 200
    assert sample.body == b'{"status": "pass"}'
    assert not sample.is_truncated
    assert sample.headers["x-a"] == "1, 2"
    assert sample.address == "127.0.0.1"
    assert sample.tls_version == "TLSv1.3"
    assert sample.certificate is not None
    assert (sample.certificate.verify_code, sample.certificate.not_after) == (0, ends)
    assert sample.taken_at == NOON
    phases = sample.phases
    every = (phases.dns_ms, phases.connect_ms, phases.tls_ms, phases.ttfb_ms, phases.transfer_ms)
    assert all(phase is not None and phase > 0 for phase in every)


def test_a_phase_lasts_as_long_as_what_it_names() -> None:
    def slowly(connection: socket.socket) -> None:
        threading.Event().wait(0.2)
        connection.sendall(OK + b"content-length: 1\r\n\r\n")
        threading.Event().wait(0.2)
        connection.sendall(b"x")

    phases = ask_once(slowly).phases
    assert phases.ttfb_ms is not None
    assert phases.transfer_ms is not None
    assert phases.ttfb_ms >= 190
    assert phases.transfer_ms >= 190
    assert phases.tls_ms is None


def test_the_request_names_keepwell_and_the_host_that_was_asked() -> None:
    with serving(answering()) as served:
        ask(served)
    lines = served.requests[0].lower().split("\r\n")
    assert lines[0] == "get /health http/1.1"
    assert f"host: {HOST}:{served.port}" in lines
    assert any(line.startswith("user-agent: keepwell/") for line in lines)
    assert "accept-encoding: identity" in lines


def test_redirects_are_noted_and_not_followed() -> None:
    with serving(answering(head="302 Found", headers="location: /elsewhere\r\n")) as served:
        sample = ask(served)
    assert (sample.status_code, sample.headers["location"]) == (302, "/elsewhere")
    assert len(served.requests) == 1


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert ask_once(answering()).status_code == 200


# --- addresses


def test_a_name_is_looked_up_once_so_that_rebinding_gains_nothing() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    asked: list[str] = []

    def changing_its_mind(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    with serving(answering()) as served:
        sample = ask(served, prober=make_prober(lookup=changing_its_mind))
    assert (sample.status_code, sample.address) == (200, "127.0.0.1")
    assert asked == [HOST]


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    with serving(answering()) as served:
        prober = make_prober(allow_private=False, lookup=lambda *_: ["93.184.216.34", "127.0.0.1"])
        sample = ask(served, prober=prober)
    assert (sample.error, sample.address) == (NoAnswer.FORBIDDEN_ADDRESS, "127.0.0.1")
    assert sample.status_code is None
    assert served.requests == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"]
)
def test_private_addresses_are_refused_however_they_are_written(host: str) -> None:
    prober = Prober(clock=ManualClock(NOON))
    sample = prober.take(Probe(name="api", url=f"http://{host}:{free_port()}/"))
    assert sample.error is NoAnswer.FORBIDDEN_ADDRESS


def test_an_address_that_the_user_names_is_not_vetted_and_not_looked_up() -> None:
    with serving(answering()) as served:
        prober = make_prober(
            allow_private=False,
            lookup=lambda *_: pytest.fail("looked up"),
            resolve={HOST: f"127.0.0.1:{served.port}"},
        )
        sample = prober.take(Probe(name="api", url=f"http://{HOST}/health"))
    assert sample.status_code == 200
    assert sample.phases.dns_ms is None
    assert f"host: {HOST}\r\n" in served.requests[0]


def test_the_next_address_is_tried_where_one_refuses() -> None:
    with serving(answering()) as served:
        sample = ask(served, prober=make_prober(lookup=lambda *_: ["::1", "127.0.0.1"]))
    assert (sample.status_code, sample.address) == (200, "127.0.0.1")


# --- TLS


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


# --- credentials


def test_credentials_are_sent_to_the_host_by_https(ca: Path) -> None:
    with serving(answering(), tls=server_tls()) as served:
        ask(
            served,
            prober=make_prober(ca_file=ca),
            scheme="https",
            headers={"Authorization": "Bearer x"},
        )
    assert "authorization: Bearer x" in served.requests[0]


def test_credentials_are_never_sent_in_plain_text() -> None:
    with serving(answering()) as served:
        ask(served, headers={"Authorization": "Bearer x", "x-keepwell-probe": "y"})
    assert "bearer" not in served.requests[0].lower()
    assert "x-keepwell-probe" not in served.requests[0].lower()


@pytest.mark.parametrize("secret", ["hunter2\n", " hunter2", "hunter2\r\nx: y", "hünter2"])
def test_a_secret_that_cannot_be_sent_is_refused_without_being_shown(ca: Path, secret: str) -> None:
    with serving(answering(), tls=server_tls()) as served, pytest.raises(UsageError) as caught:
        ask(served, prober=make_prober(ca_file=ca), scheme="https", headers={"x-token": secret})
    assert "'x-token' of api" in caught.value.message
    assert "nter2" not in caught.value.message + caught.value.hint
    assert served.requests == [""]


# --- no answer


def test_nobody_listening_is_refused() -> None:
    sample = make_prober().take(Probe(name="api", url=f"http://{HOST}:{free_port()}/"))
    assert (sample.error, sample.address) == (NoAnswer.REFUSED, "127.0.0.1")
    assert sample.phases.dns_ms is not None
    assert sample.phases.connect_ms is None


@pytest.mark.parametrize(
    ("handle", "error"),
    [
        (resetting, NoAnswer.RESET),
        (sending(), NoAnswer.RESET),
        (sending(b"HTTP/1.1 200"), NoAnswer.RESET),
        (sending(OK + b"content-length: 9\r\n\r\nhalf"), NoAnswer.RESET),
        (sending(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), NoAnswer.PROTOCOL),
        (sending(OK + b"content-length: many\r\n\r\n"), NoAnswer.PROTOCOL),
        (sending(OK + b"x: " + b"y" * 300_000), NoAnswer.PROTOCOL),
    ],
)
def test_what_is_not_a_whole_answer_is_none(handle: Handler, error: NoAnswer) -> None:
    sample = ask_once(handle)
    assert (sample.error, sample.status_code, sample.body) == (error, None, b"")


@pytest.mark.parametrize(
    ("parts", "had_a_byte"),
    [
        ([b""] * 20, False),
        ([b"H", b"T", b"T", b"P", b"/", b"1", b".", b"1", b" ", b"2"] * 2, True),
        ([OK + b"content-length: 99\r\n\r\n", *[b"x"] * 20], True),
        ([b"HTTP/1.1 100 Continue\r\n\r\n"] * 20, True),
    ],
    ids=["silence", "dripping head", "dripping body", "endless 100"],
)
def test_the_deadline_covers_every_byte(parts: list[bytes], *, had_a_byte: bool) -> None:
    done = threading.Event()
    with serving(sending(*parts, pause=lambda: done.wait(0.1))) as served:
        sample = ask(served, timeout_s=0.5)
        done.set()
    assert (sample.error, sample.status_code) == (NoAnswer.TIMEOUT, None)
    assert (sample.phases.ttfb_ms is not None) is had_a_byte


def test_a_lookup_that_hangs_is_left_behind_at_the_deadline() -> None:
    done = threading.Event()

    def hanging(host: str, port: int) -> Sequence[str]:
        done.wait(20)
        return ["127.0.0.1"]

    sample = make_prober(lookup=hanging).take(
        Probe(name="api", url="http://a.example/", timeout_s=0.2)
    )
    done.set()
    assert (sample.error, sample.address, sample.phases.dns_ms) == (NoAnswer.TIMEOUT, None, None)


@pytest.mark.parametrize(
    "failure", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")]
)
def test_a_name_that_does_not_resolve_is_dns(failure: Exception) -> None:
    def failing(host: str, port: int) -> Sequence[str]:
        raise failure

    prober = make_prober(lookup=failing)
    assert prober.take(Probe(name="api", url="http://a.example/")).error is NoAnswer.DNS


def test_a_name_without_addresses_is_dns() -> None:
    prober = make_prober(lookup=lambda *_: [])
    assert prober.take(Probe(name="api", url="http://a.example/")).error is NoAnswer.DNS


# --- bodies


def test_a_body_is_kept_to_the_limit_however_much_comes() -> None:
    endless = sending(OK + b"\r\n", *[b"x" * LIMIT] * 200)
    sample = ask_once(endless)
    assert (len(sample.body), sample.is_truncated, sample.error) == (LIMIT, True, None)


def test_a_body_of_just_the_limit_is_whole() -> None:
    sample = ask_once(answering(b"x" * LIMIT))
    assert (len(sample.body), sample.is_truncated) == (LIMIT, False)


def test_compression_that_nobody_asked_for_is_undone() -> None:
    sample = ask_once(
        answering(gzip.compress(b'{"status": "pass"}'), headers="content-encoding: gzip\r\n")
    )
    assert sample.body == b'{"status": "pass"}'


def test_a_compressed_bomb_stays_small() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    sample = ask_once(answering(bomb, headers="content-encoding: gzip\r\n"))
    assert (len(sample.body), sample.is_truncated) == (LIMIT, True)


def test_what_is_not_compressed_after_all_is_kept_as_it_came() -> None:
    assert ask_once(answering(b"plain", headers="content-encoding: gzip\r\n")).body == b"plain"


def test_head_has_no_body() -> None:
    sample = ask_once(sending(OK + b"content-length: 18\r\n\r\n"), method="HEAD")
    assert (sample.status_code, sample.body) == (200, b"")


def test_threads_may_share_a_prober(ca: Path) -> None:
    with serving(answering(), tls=server_tls()) as served, ThreadPoolExecutor(8) as pool:
        prober = make_prober(ca_file=ca)
        futures = [pool.submit(ask, served, prober=prober, scheme="https") for _ in range(16)]
        assert {future.result().status_code for future in futures} == {200}
