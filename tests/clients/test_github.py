"""The client of GitHub, over a double of its transport."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from keepwell.clients.base import Api, CallError
from keepwell.clients.github import TERMS, GitHub, Lock
from keepwell.clock import ManualClock
from keepwell.errors import CouldNotTell, Refused
from tests.worlds import NOON

AT = "/repos/o/r"
Answers = Mapping[str, Any]


def github(answers: Answers) -> tuple[GitHub, list[tuple[str, Any]]]:
    """A client whose calls find what `answers` has under "METHOD /path", and what it sent.

    An answer is (status, body), a list of those to be given in turn, or a function of the request.
    """
    sent: list[tuple[str, Any]] = []
    turns: dict[str, int] = {}

    def handle(request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.removeprefix(AT)}"
        sent.append((call, json.loads(request.content) if request.content else None))
        answer = answers[call]
        if isinstance(answer, list):
            turns[call] = turns.get(call, 0) + 1
            answer = answer[min(turns[call], len(answer)) - 1]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            return answer(request)  # type: ignore[no-any-return]
        status, body = answer
        return httpx.Response(status) if body is None else httpx.Response(status, json=body)

    clock = ManualClock(NOON)
    api = Api(TERMS, token="ghs_x", clock=clock, transport=httpx.MockTransport(handle))
    return GitHub(api, clock=clock, repository="o/r"), sent


HEAD = {
    "GET ": (200, {"default_branch": "main"}),
    "GET /git/ref/heads/main": (200, {"object": {"sha": "c0"}}),
}
TAG = {"POST /git/tags": (201, {"sha": "tag1"})}


def test_a_lock_is_a_ref_on_a_tag_that_says_whose_it_is():
    client, sent = github({**HEAD, **TAG, "POST /git/refs": (201, {})})
    assert client.take_lock("shop", owner="run 7") == Lock(name="shop", sha="tag1")
    tag = dict(sent)["POST /git/tags"]
    assert (tag["message"], tag["object"], tag["tagger"]["date"]) == (
        "run 7",
        "c0",
        "2026-11-24T12:00:00Z",
    )
    assert dict(sent)["POST /git/refs"] == {"ref": "refs/keepwell/lock/shop", "sha": "tag1"}


def test_a_lock_that_is_taken_is_refused_naming_its_owner_and_age():
    theirs = {"message": "run 6\n", "tagger": {"date": "2026-11-24T11:18:00Z"}}
    client, _ = github(
        {
            **HEAD,
            **TAG,
            "POST /git/refs": (422, {"message": "Reference already exists"}),
            "GET /git/ref/keepwell/lock/shop": (200, {"object": {"sha": "tag0"}}),
            "GET /git/tags/tag0": (200, theirs),
        }
    )
    with pytest.raises(Refused, match="run 6, 42 min ago") as caught:
        client.take_lock("shop", owner="run 7")
    assert "--break-lock" in caught.value.hint


def test_a_lock_that_does_not_say_whose_it_is_is_refused_too():
    client, _ = github(
        {
            **HEAD,
            **TAG,
            "POST /git/refs": (422, {}),
            "GET /git/ref/keepwell/lock/shop": (200, {"object": {"sha": "tag0"}}),
            "GET /git/tags/tag0": (404, {}),
        }
    )
    with pytest.raises(Refused, match="it does not say whose"):
        client.take_lock("shop", owner="run 7")


def test_a_repository_without_a_commit_holds_no_lock():
    client, _ = github({**HEAD, "GET /git/ref/heads/main": (404, {})})
    with pytest.raises(CouldNotTell, match="main has no commit"):
        client.take_lock("shop", owner="run 7")


@pytest.mark.parametrize(("holder", "deletes"), [("tag1", 1), ("tag2", 0)])
def test_only_ones_own_lock_is_given_back(holder: str, deletes: int):
    client, sent = github(
        {
            "GET /git/ref/keepwell/lock/shop": (200, {"object": {"sha": holder}}),
            "DELETE /git/refs/keepwell/lock/shop": (204, None),
        }
    )
    client.give_back(Lock(name="shop", sha="tag1"))
    assert [call for call, _ in sent].count("DELETE /git/refs/keepwell/lock/shop") == deletes


def test_a_lock_that_is_not_there_can_be_broken():
    client, _ = github({"DELETE /git/refs/keepwell/lock/shop": (422, {})})
    client.break_lock("shop")


def test_a_status_is_cut_to_what_is_shown():
    client, sent = github({"POST /statuses/abc": (201, {})})
    client.set_status("abc", context="keepwell/plan", state="success", description="x" * 200)
    assert dict(sent)["POST /statuses/abc"]["description"] == "x" * 140


def test_the_newest_status_of_a_context_counts_also_on_the_second_page():
    other = [{"context": "other", "description": "x"}] * 2
    ours = [
        {"context": "keepwell/plan", "description": "new"},
        {"context": "keepwell/plan", "description": "old"},
    ]

    def page(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("page") == "2":
            return httpx.Response(200, json=ours)
        link = '<https://elsewhere.example/x?page=2&per_page=100>; rel="next"'
        return httpx.Response(200, json=other, headers={"link": link})

    client, sent = github({"GET /commits/abc/statuses": page})
    assert client.status("abc", context="keepwell/plan") == "new"
    assert len(sent) == 2


def test_a_commit_without_a_status_has_none():
    client, _ = github({"GET /commits/abc/statuses": (200, [])})
    assert client.status("abc", context="keepwell/plan") is None


def test_only_merged_pull_requests_vouch_for_a_commit():
    rows = [
        {"head": {"sha": "h1"}, "merged_at": "2026-11-26T10:00:00Z"},
        {"head": {"sha": "h2"}, "merged_at": None},
    ]
    client, _ = github({"GET /commits/abc/pulls": (200, rows)})
    assert client.heads_of("abc") == ("h1",)


MARK = "<!-- keepwell-drift -->\n"
ISSUE = {"number": 5, "body": MARK + "old", "html_url": "https://x/5"}


def test_the_first_drift_opens_an_issue():
    client, sent = github(
        {"GET /issues": (200, []), "POST /issues": (201, {"html_url": "https://x/6"})}
    )
    url = client.keep_issue(title="Drift", body="new", marker="keepwell-drift")
    assert url == "https://x/6"
    assert dict(sent)["POST /issues"] == {
        "title": "Drift",
        "body": MARK + "new",
        "labels": ["keepwell-drift"],
    }


def test_later_drift_updates_it_and_the_same_drift_leaves_it():
    client, sent = github({"GET /issues": (200, [ISSUE]), "PATCH /issues/5": (200, {})})
    client.keep_issue(title="Drift", body="new", marker="keepwell-drift")
    client.keep_issue(title="Drift", body="old", marker="keepwell-drift")
    assert [call for call, _ in sent].count("PATCH /issues/5") == 1


@pytest.mark.parametrize(
    "found", [{**ISSUE, "pull_request": {}}, {**ISSUE, "body": None}, {**ISSUE, "body": "by hand"}]
)
def test_what_only_looks_like_the_issue_is_left_alone(found):
    client, sent = github({"GET /issues": (200, [found])})
    client.close_issue("keepwell-drift", comment="well")
    assert [call for call, _ in sent] == ["GET /issues"]


def test_no_more_drift_closes_it_and_says_why():
    client, sent = github(
        {
            "GET /issues": (200, [ISSUE]),
            "POST /issues/5/comments": (201, {}),
            "PATCH /issues/5": (200, {}),
        }
    )
    client.close_issue("keepwell-drift", comment="well")
    assert dict(sent)["POST /issues/5/comments"] == {"body": "well"}
    assert dict(sent)["PATCH /issues/5"]["state"] == "closed"


OBJECTS = {
    "POST /git/blobs": (201, {"sha": "b"}),
    "POST /git/trees": (201, {"sha": "t"}),
    "POST /git/commits": (201, {"sha": "c1"}),
}


def keep(client: GitHub) -> None:
    client.keep_file("o/p.json", content=b"{}", branch="data", message="Observe")


def test_the_first_file_makes_the_branch():
    client, sent = github(
        {**OBJECTS, "GET /git/ref/heads/data": (404, {}), "POST /git/refs": (201, {})}
    )
    keep(client)
    assert dict(sent)["POST /git/commits"]["parents"] == []
    assert "base_tree" not in dict(sent)["POST /git/trees"]


def test_a_later_file_is_built_on_what_stands_there_also_when_somebody_was_faster():
    heads = [(200, {"object": {"sha": "c0"}}), (200, {"object": {"sha": "c9"}})]
    client, sent = github(
        {
            **OBJECTS,
            "GET /git/ref/heads/data": heads,
            "PATCH /git/refs/heads/data": [(422, {}), (200, {})],
        }
    )
    keep(client)
    parents = [body["parents"] for call, body in sent if call == "POST /git/commits"]
    assert parents == [["c0"], ["c9"]]


def test_a_branch_that_never_stands_still_is_given_up():
    heads = [(200, {"object": {"sha": f"c{number}"}}) for number in range(10)]
    client, _ = github(
        {
            **OBJECTS,
            "GET /git/ref/heads/data": heads,
            "PATCH /git/refs/heads/data": (422, {"message": "Update is not a fast forward"}),
        }
    )
    with pytest.raises(CouldNotTell, match="others kept changing the branch data"):
        keep(client)


def test_a_branch_that_github_protects_is_refused_in_its_own_words():
    client, sent = github(
        {
            **OBJECTS,
            "GET /git/ref/heads/data": (200, {"object": {"sha": "c0"}}),
            "PATCH /git/refs/heads/data": (422, {"message": "Changes must be made through a PR"}),
        }
    )
    with pytest.raises(Refused, match="on the branch data: Changes must be made through a PR"):
        keep(client)
    assert [call for call, _ in sent].count("POST /git/commits") == 1


@pytest.mark.parametrize(
    ("status", "hint"),
    [(401, "GITHUB_TOKEN is wrong or has expired"), (403, "statuses: write")],
)
def test_a_refusal_says_what_the_token_needs(status: int, hint: str):
    client, _ = github({"POST /statuses/abc": (status, {"message": "no"})})
    with pytest.raises(CallError) as caught:
        client.set_status("abc", context="c", state="success", description="d")
    assert hint in caught.value.hint
    assert "ghs_x" not in str(caught.value)
