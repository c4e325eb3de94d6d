"""The calls of a vendor, over a double of the transport and a clock that only waits move."""

from typing import Any

import httpx
import pytest

from keepwell.clients.base import Api, CallError, Terms
from keepwell.clock import ManualClock
from keepwell.errors import ApiError, UsageError
from tests.worlds import NOON

TOKEN = "tok-s3cret"
TERMS = Terms(
    vendor="acme",
    base_url="https://api.acme.example/v1",
    token_name="ACME_TOKEN",
    token_url="https://acme.example/tokens",
    see="README.md#tokens",
    permission={"PUT /things": "Things: Edit", "PUT /things/*/parts": "Parts: Edit"},
)

Given = httpx.Response | Exception


class Acme:
    """An Api whose calls find the given answers in turn; the last one stays."""

    def __init__(self, *answers: Given, terms: Terms = TERMS, redact: Any = str) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.told: list[str] = []
        self.clock = ManualClock(NOON)
        self.api = Api(
            terms,
            token=TOKEN,
            clock=self.clock,
            transport=httpx.MockTransport(self._handle),
            progress=self.told.append,
            redact=redact,
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def waited_s(self) -> float:
        return self.clock.monotonic_s()


def ok(body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(200, json={} if body is None else body, headers=headers)


def no(status: int, body: Any = None, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body or {"message": "no"}, headers=names)


def test_a_call_is_authorised_and_its_answer_parsed():
    acme = Acme(ok({"a": 1}))
    assert acme.api.get("/things", params={"b": "2"}).json == {"a": 1}
    (request,) = acme.requests
    assert str(request.url) == "https://api.acme.example/v1/things?b=2"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert acme.api.calls == 1


def test_an_empty_answer_is_none():
    answer = Acme(httpx.Response(202)).api.post("/things", json={})
    assert (answer.status, answer.json) == (202, None)


def test_a_status_that_is_expected_is_no_error():
    assert Acme(no(404)).api.get("/things", expect=(200, 404)).status == 404


@pytest.mark.parametrize(
    ("answer", "call", "hint"),
    [
        (no(401), "/things", "ACME_TOKEN is wrong or has expired; make a new one at"),
        (no(403), "/things", "ACME_TOKEN needs Things: Edit"),
        (no(403), "/things/7/parts/8", "ACME_TOKEN needs Parts: Edit"),
        (no(403), "/others", "ACME_TOKEN needs the right to PUT /others"),
        (no(403, {"missing_permissions": ["a", "b"]}), "/things", "ACME_TOKEN needs a, b"),
    ],
)
def test_a_refusal_says_the_next_thing_to_do(answer: httpx.Response, call: str, hint: str):
    acme = Acme(answer)
    with pytest.raises(CallError) as caught:
        acme.api.put(call, json={})
    assert caught.value.hint.startswith(hint)
    assert caught.value.see == "README.md#tokens"
    assert len(acme.requests) == 1


@pytest.mark.parametrize(
    ("body", "headers", "message"),
    [
        ({"message": "no such\nthing"}, {}, "acme answered 404 to GET /things: no such thing"),
        (
            {"message": "x"},
            {"cf_ray": "8f2c"},
            "acme answered 404 to GET /things (request 8f2c): x",
        ),
        (
            {"errors": [{"code": 7, "message": "bad", "source": {"pointer": "/rules/0"}}]},
            {},
            "acme answered 404 to GET /things: 7 bad at /rules/0",
        ),
        ({"errors": ["plain"]}, {}, "acme answered 404 to GET /things: plain"),
        ({"message": "y" * 400}, {}, f"acme answered 404 to GET /things: {'y' * 300}..."),
        ([1], {}, "acme answered 404 to GET /things"),
    ],
)
def test_an_error_says_what_was_answered(body: Any, headers: dict[str, str], message: str):
    with pytest.raises(CallError) as caught:
        Acme(no(404, body, **headers)).api.get("/things", params={"secret": "query"})
    assert str(caught.value) == message
    assert (caught.value.status, caught.value.body) == (404, body)


def test_no_secret_is_in_an_error():
    echo = {"message": f"{TOKEN} and my-value are wrong"}
    acme = Acme(no(400, echo), redact=lambda text: text.replace("my-value", "***"))
    with pytest.raises(CallError) as caught:
        acme.api.get("/things")
    assert "*** and *** are wrong" in str(caught.value)
    assert TOKEN not in f"{caught.value.message}{caught.value.args}"


@pytest.mark.parametrize(
    ("headers", "waited_s"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "Tue, 24 Nov 2026 12:00:09 GMT"}, 9),
        ({"ratelimit_reset": "11"}, 11),
        ({"x_ratelimit_reset": str(int(NOON.timestamp()) + 13)}, 13),
        ({"retry_after": "2", "ratelimit_reset": "99"}, 2),
    ],
)
def test_a_limit_is_waited_for_as_long_as_the_vendor_says(headers: dict[str, str], waited_s: int):
    acme = Acme(no(429, **headers), ok({"a": 1}))
    assert acme.api.post("/things", json={}).json == {"a": 1}
    assert acme.waited_s == pytest.approx(waited_s)


@pytest.mark.parametrize("name", ["ratelimit", "x_ratelimit"])
def test_a_fault_is_not_waited_for_until_a_limit_begins_anew(name: str):
    beside = {f"{name}_remaining": "390", f"{name}_reset": "55"}
    acme = Acme(no(502, **beside), ok({"a": 1}))
    assert acme.api.get("/things").json == {"a": 1}
    assert acme.waited_s <= 0.5


def test_a_fault_that_says_when_to_come_again_is_believed():
    acme = Acme(no(503, retry_after="6"), ok())
    acme.api.get("/things")
    assert acme.waited_s == 6


def test_a_long_wait_is_told():
    acme = Acme(no(429, retry_after="40"), ok())
    acme.api.get("/things")
    assert acme.told == ["acme: waiting 40 s (429)"]


def test_a_limit_beyond_ones_patience_is_an_error():
    acme = Acme(no(429, retry_after="4000"))
    with pytest.raises(CallError, match="429"):
        acme.api.get("/things")
    assert acme.waited_s == 0


def test_a_fault_that_passes_is_no_fault():
    acme = Acme(no(500), httpx.ReadTimeout("slow"), ok({"a": 1}))
    assert acme.api.get("/things").json == {"a": 1}
    assert acme.api.calls == 3
    assert 0.7 <= acme.waited_s <= 1.5


def test_a_fault_that_stays_is_one():
    acme = Acme(no(503))
    with pytest.raises(CallError, match="503"):
        acme.api.get("/things")
    assert acme.api.calls == TERMS.tries


@pytest.mark.parametrize("fault", [no(500), httpx.ReadTimeout("slow"), httpx.ReadError("cut")])
def test_what_may_have_been_received_is_not_sent_twice(fault: Given):
    acme = Acme(fault, ok())
    with pytest.raises(ApiError):
        acme.api.post("/things", json={})
    assert acme.api.calls == 1


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), httpx.ConnectTimeout("")])
def test_what_was_never_received_is_sent_again(fault: Given):
    acme = Acme(fault, ok())
    acme.api.post("/things", json={})
    assert acme.api.calls == 2


@pytest.mark.parametrize("method", ["put", "delete"])
def test_what_is_as_good_twice_is_sent_again(method: str):
    acme = Acme(httpx.ReadError("cut"), ok())
    getattr(acme.api, method)("/things")
    assert acme.api.calls == 2


def test_a_caller_may_know_that_twice_is_as_good():
    acme = Acme(no(502), ok())
    acme.api.patch("/things", json={}, is_idempotent=True)
    assert acme.api.calls == 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (httpx.ReadTimeout("x"), "acme gave no answer to GET /things: it took too long"),
        (httpx.ConnectError("refused"), "acme gave no answer to GET /things: refused"),
    ],
)
def test_silence_is_an_error_too(fault: Given, said: str):
    with pytest.raises(CallError, match=said) as caught:
        Acme(fault).api.get("/things")
    assert caught.value.status is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(200, text="<html>", headers={"content-type": "text/html"}), "text/html"),
        (
            httpx.Response(200, content=b"{", headers={"content-type": "application/json"}),
            "no JSON",
        ),
        (httpx.Response(200, content=b"{}"), "content type 'missing'"),
    ],
)
def test_what_is_no_json_is_no_answer(answer: httpx.Response, said: str):
    with pytest.raises(ApiError, match=said):
        Acme(answer).api.get("/things")


def test_redirects_are_not_followed():
    away = httpx.Response(302, headers={"location": "https://evil.example/"})
    acme = Acme(away)
    with pytest.raises(CallError, match="302"):
        acme.api.get("/things")
    assert len(acme.requests) == 1


@pytest.mark.parametrize("url", ["http://api.acme.example", "ftp://127.0.0.1", "http://10.0.0.1"])
def test_a_token_is_not_sent_in_clear(url: str):
    with pytest.raises(UsageError, match="would carry a token in clear"):
        Api(TERMS, token=TOKEN, clock=ManualClock(NOON), base_url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80"])
def test_a_stand_in_on_this_machine_may_speak_plain_http(url: str):
    Api(TERMS, token=TOKEN, clock=ManualClock(NOON), base_url=url).close()
