"""A vendor's limits: how they are told, which calls wait for them, and how long at most."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from keepwell.clients.base import Api, CallError, Limit
from keepwell.clock import ManualClock
from tests.clients.base.acme import TOKEN, acme, no, ok, terms
from tests.worlds import NOON

NAMED = Limit(requests=9, window_s=60, calls=("POST /things/*/domains",))
SAID = {"message": "You have exceeded a secondary rate limit."}


@pytest.mark.parametrize(
    ("headers", "waited_s"),
    [
        ({"retry_after": "7"}, 7),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": f"{NOON.timestamp() + 9:.0f}"}, 9),
    ],
)
def test_a_403_may_be_a_limit_and_then_nothing_was_done(headers: dict[str, str], waited_s: int):
    api, clock = acme(no(403, SAID, **headers), ok(), of=terms())
    api.post("/things", json={})
    assert clock.monotonic_s() == pytest.approx(waited_s)


def test_a_403_without_a_wait_is_about_permission():
    api, _ = acme(no(403, SAID, x_ratelimit_remaining="12"), of=terms())
    with pytest.raises(CallError) as caught:
        api.post("/things", json={})
    assert caught.value.hint == "ACME_TOKEN needs the right to POST /things"
    assert api.calls == 1


@pytest.mark.parametrize(
    ("status", "headers", "hint"),
    [
        (429, {"retry_after": "4000"}, "wait 4000 s, then run it again"),
        (403, {"retry_after": "4000"}, "wait 4000 s, then run it again"),
        (429, {}, "wait, then run it again"),
        (429, {"retry_after": "inf"}, "wait, then run it again"),
    ],
)
def test_a_limit_says_how_long_to_wait(status: int, headers: dict[str, str], hint: str):
    api, _ = acme(no(status, SAID, **headers), of=terms())
    with pytest.raises(CallError) as caught:
        api.get("/things")
    assert caught.value.hint.startswith(hint)


def test_nothing_left_for_one_kind_of_call_stops_no_other():
    gone = ok(ratelimit_remaining="0", ratelimit_reset="300")
    api, clock = acme(gone, ok(), of=terms(NAMED, Limit(requests=400, window_s=60)))
    api.post("/things/1/domains")
    api.get("/things")
    assert clock.monotonic_s() == 0
    api.post("/things/2/domains")
    assert clock.monotonic_s() == 300


def test_nothing_left_for_a_call_that_no_limit_names_stops_all_such():
    gone = ok(ratelimit_remaining="0", ratelimit_reset="30")
    api, clock = acme(gone, ok(), of=terms(NAMED))
    api.get("/things")
    api.post("/things/2/domains")
    assert clock.monotonic_s() == 0
    api.get("/others")
    assert clock.monotonic_s() == 30


def test_a_wait_beyond_ones_patience_is_an_error_and_nothing_is_sent():
    api, clock = acme(ok(), of=terms(Limit(requests=1, window_s=86400)))
    api.get("/things")
    with pytest.raises(CallError, match="leaves nothing for 86400 s") as caught:
        api.get("/things")
    assert caught.value.hint.startswith("wait 86400 s")
    assert (api.calls, clock.monotonic_s()) == (1, 0)


def test_a_reset_that_is_no_time_is_ignored():
    api, clock = acme(ok(ratelimit_remaining="0", ratelimit_reset="inf"), of=terms())
    api.get("/things")
    api.get("/things")
    assert clock.monotonic_s() == 0


class Endless(httpx.SyncByteStream):
    """A body that always has one more byte."""

    def __init__(self) -> None:
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b" "

    def close(self) -> None:
        self.is_closed = True


def test_a_body_that_never_ends_takes_too_long():
    body = Endless()
    answer = httpx.Response(200, headers={"content-type": "application/json"}, stream=body)
    transport = httpx.MockTransport(lambda _: answer)
    calm = terms(timeout_s=0.05, tries=1)
    api = Api(calm, token=TOKEN, clock=ManualClock(NOON), transport=transport)
    with pytest.raises(CallError, match="acme gave no answer to GET /things: it took too long"):
        api.get("/things")
    assert body.is_closed


def test_a_body_that_cannot_be_unpacked_is_no_answer():
    class Broken(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"not packed"

    packed = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = httpx.Response(200, headers=packed, stream=Broken())
    api, _ = acme(answer, of=terms())
    with pytest.raises(CallError, match="acme gave no answer to POST /things"):
        api.post("/things")
    assert api.calls == 1


def test_calls_slow_down_before_the_limit():
    told: list[str] = []
    of = terms(Limit(requests=2, window_s=60, calls=("PUT /things/*",)))
    api, clock = acme(ok(), of=of, progress=told.append)
    for _ in range(3):
        api.put("/things/a")
        api.get("/things/a")
    assert clock.monotonic_s() == 60
    assert told == ["acme: waiting 60 s, to stay below the limit of PUT /things/a"]


def test_the_tightest_of_several_limits_counts():
    api, clock = acme(ok(), of=terms(Limit(requests=3, window_s=10), Limit(requests=1, window_s=1)))
    for _ in range(4):
        api.get("/things")
    assert clock.monotonic_s() == 10


def test_threads_share_a_budget():
    api, clock = acme(ok(), of=terms(Limit(requests=5, window_s=60)))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: api.get("/things"), range(11)))
    assert api.calls == 11
    assert clock.monotonic_s() >= 120


def test_when_nothing_is_left_the_next_call_waits():
    api, clock = acme(ok(ratelimit_remaining="0", ratelimit_reset="5"), ok(), of=terms())
    api.get("/things")
    api.get("/things")
    assert clock.monotonic_s() == 5
