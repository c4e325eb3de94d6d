"""A lock whose taking got no clear answer: it must neither be lost nor be taken twice."""

from typing import Any

import httpx
import pytest

from keepwell.clients.base import Api, CallError
from keepwell.clients.github import TERMS, GitHub, Lock
from keepwell.clock import ManualClock
from keepwell.errors import CouldNotTell
from tests.worlds import NOON

BEGUN: dict[str, tuple[int, Any]] = {
    "GET ": (200, {"default_branch": "main"}),
    "GET /git/ref/heads/main": (200, {"object": {"sha": "c0"}}),
    "POST /git/tags": (201, {"sha": "tag1"}),
}


class Repository:
    """Answers as told, and counts the calls that make a ref."""

    def __init__(self, making: Any, holder: str | None) -> None:
        held = (404, {}) if holder is None else (200, {"object": {"sha": holder}})
        self.answers = {**BEGUN, "POST /git/refs": making, "GET /git/ref/keepwell/lock/shop": held}
        self.made = 0
        clock = ManualClock(NOON)
        api = Api(TERMS, token="ghs_x", clock=clock, transport=httpx.MockTransport(self._handle))
        self.client = GitHub(api, clock=clock, repository="o/r")

    def _handle(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.removeprefix('/repos/o/r')}"
        self.made += call == "POST /git/refs"
        answer = self.answers[call]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer[0], json=answer[1])


UNHEARD = [httpx.ReadTimeout("slow"), httpx.ReadError("cut"), (502, {"message": "no"})]


@pytest.mark.parametrize("making", UNHEARD)
def test_a_lock_that_was_taken_unheard_is_ours(making):
    repository = Repository(making, holder="tag1")
    assert repository.client.take_lock("shop", owner="run 7") == Lock(name="shop", sha="tag1")
    assert repository.made == 1


@pytest.mark.parametrize("holder", [None, "tag2"])
@pytest.mark.parametrize("making", UNHEARD)
def test_a_lock_that_was_not_taken_is_an_error(making, holder: str | None):
    repository = Repository(making, holder=holder)
    with pytest.raises(CallError, match="POST /repos/o/r/git/refs"):
        repository.client.take_lock("shop", owner="run 7")
    assert repository.made == 1


def test_a_refusal_for_want_of_permission_is_told_as_such():
    repository = Repository((403, {"message": "no"}), holder="tag1")
    with pytest.raises(CallError) as caught:
        repository.client.take_lock("shop", owner="run 7")
    assert caught.value.hint == "GITHUB_TOKEN needs contents: write"


def test_a_lock_that_nobody_has_and_that_is_not_given_is_not_blamed_on_anybody():
    repository = Repository((422, {"message": "no"}), holder=None)
    with pytest.raises(CouldNotTell, match="shop was not given, though nobody has it now"):
        repository.client.take_lock("shop", owner="run 7")
