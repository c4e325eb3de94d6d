import gzip
import socket
from pathlib import Path

import httpcore
import pytest

from keepwell.clients.prober.deadline import Deadline
from keepwell.clients.prober.exchange import BODY_LIMIT_BYTES, DeadlineStream
from keepwell.errors import UsageError
from tests.clients.asking import ask, ask_once, make_prober
from tests.clients.servers import (
    answering,
    sending,
    server_tls,
    serving,
)

OK = b"HTTP/1.1 200 OK\r\n"


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


def test_a_body_is_kept_to_the_limit_however_much_comes() -> None:
    endless = sending(OK + b"\r\n", *[b"x" * BODY_LIMIT_BYTES] * 200)
    sample = ask_once(endless)
    assert (len(sample.body), sample.is_truncated, sample.error) == (BODY_LIMIT_BYTES, True, None)


def test_a_body_of_just_the_limit_is_whole() -> None:
    sample = ask_once(answering(b"x" * BODY_LIMIT_BYTES))
    assert (len(sample.body), sample.is_truncated) == (BODY_LIMIT_BYTES, False)


def test_compression_that_nobody_asked_for_is_undone() -> None:
    sample = ask_once(
        answering(gzip.compress(b'{"status": "pass"}'), headers="content-encoding: gzip\r\n")
    )
    assert sample.body == b'{"status": "pass"}'


def test_a_compressed_bomb_stays_small() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    sample = ask_once(answering(bomb, headers="content-encoding: gzip\r\n"))
    assert (len(sample.body), sample.is_truncated) == (BODY_LIMIT_BYTES, True)


def test_what_is_not_compressed_after_all_is_kept_as_it_came() -> None:
    assert ask_once(answering(b"plain", headers="content-encoding: gzip\r\n")).body == b"plain"


def test_head_has_no_body() -> None:
    sample = ask_once(sending(OK + b"content-length: 18\r\n\r\n"), method="HEAD")
    assert (sample.status_code, sample.body) == (200, b"")


def test_a_server_that_hangs_up_early_may_have_answered() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        theirs.close()
        with pytest.raises(httpcore.WriteError):
            DeadlineStream(ours, deadline=Deadline(5)).write(b"x")
