import socket
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keepwell.clients.prober import Prober
from keepwell.clock import ManualClock
from keepwell.model.probe import NoAnswer, Probe
from tests.clients.asking import ask, ask_once, make_prober
from tests.clients.servers import (
    HOST,
    answering,
    free_port,
    server_tls,
    serving,
)
from tests.worlds import NOON

OK = b"HTTP/1.1 200 OK\r\n"


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


def test_threads_may_share_a_prober(ca: Path) -> None:
    with serving(answering(), tls=server_tls()) as served, ThreadPoolExecutor(8) as pool:
        prober = make_prober(ca_file=ca)
        futures = [pool.submit(ask, served, prober=prober, scheme="https") for _ in range(16)]
        assert {future.result().status_code for future in futures} == {200}
