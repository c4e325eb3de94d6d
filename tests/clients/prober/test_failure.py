import socket
import threading
from collections.abc import Sequence

import pytest

from keepwell.clients.prober.failure import FAILURES
from keepwell.model.probe import NoAnswer, Probe
from tests.clients.asking import ask, ask_once, make_prober
from tests.clients.servers import (
    HOST,
    Handler,
    free_port,
    resetting,
    sending,
    serving,
)

OK = b"HTTP/1.1 200 OK\r\n"


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


def test_a_failure_that_no_network_brings_is_not_taken_for_one() -> None:
    assert not isinstance(KeyError(), FAILURES)
