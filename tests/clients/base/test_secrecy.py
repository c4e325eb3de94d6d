"""What no error, hint, body or repr may hold, however a vendor or a person misplaced it."""

from typing import Any

import httpx
import pytest

from keepwell.clients.base import Answer, Api, CallError
from keepwell.clock import ManualClock
from keepwell.errors import UsageError
from tests.clients.base.acme import TOKEN, acme, no, terms
from tests.worlds import NOON


def refused(body: Any, status: int = 400, **more: Any) -> CallError:
    api, _ = acme(no(status, body), of=terms(), **more)
    with pytest.raises(CallError) as caught:
        api.get("/things?secret=query")
    return caught.value


def test_a_token_that_the_cut_would_halve_is_gone_before():
    assert "tok" not in refused({"message": "x" * 295 + TOKEN}).message


def test_a_secret_of_several_lines_is_found_before_they_are_joined():
    error = refused({"message": "not a\nb"}, redact=lambda text: text.replace("a\nb", "***"))
    assert error.message.endswith(": not ***")


def test_the_body_and_the_hint_hold_no_secret_either():
    error = refused({"missing_permissions": [TOKEN], TOKEN: {"deep": [TOKEN, 1]}}, status=403)
    assert error.hint == "ACME_TOKEN needs ***"
    assert error.body == {"missing_permissions": ["***"], "***": {"deep": ["***", 1]}}


def test_a_query_in_a_path_is_not_told():
    assert refused({}).message == "acme answered 400 to GET /things"


def test_a_vendor_cannot_command_a_terminal():
    message = refused({"message": "\x1b[31mred\u202eevil"}).message
    assert message.endswith(r": \x1b[31mred\u202eevil")


@pytest.mark.parametrize("token", ["", "tok\n", " tok", "to\rk", "tok\u2019"])
def test_a_token_that_no_header_holds_is_refused_unquoted(token: str):
    with pytest.raises(UsageError, match="ACME_TOKEN is no token") as caught:
        Api(terms(), token=token, clock=ManualClock(NOON))
    assert "https://acme.example/tokens" in caught.value.hint
    assert "tok\n" not in f"{caught.value.message}{caught.value.hint}"
    assert "\u2019" not in f"{caught.value.message}{caught.value.hint}"


def test_an_answer_shows_no_value():
    assert repr(Answer(status=200, json={"value": "my-value"})) == "Answer(status=200)"


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (
            httpx.Response(200, content=b"x", headers={"content-type": f"text/{TOKEN}"}),
            r"content type 'text/\*\*\*'",
        ),
        (
            httpx.Response(
                200, content=b"[" * 100_000, headers={"content-type": "application/json"}
            ),
            "nested too deeply",
        ),
    ],
)
def test_what_cannot_be_read_is_told_without_it(response: httpx.Response, said: str):
    api, _ = acme(response, of=terms())
    with pytest.raises(CallError, match=said):
        api.get("/things")
