"""What the stand-in for GitHub refuses, and what surprises there, as its documentation says."""

from typing import Any

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.github import FIRST, GitHubSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON

AT = "/repos/livestreamsell/livestreamsell"
NOWHERE = "9" * 40


@pytest.fixture
def github():
    return GitHubSimulator(clock=ManualClock(NOON))


@pytest.fixture
def client(github):
    with asking(github) as client:
        yield client


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        ("POST /git/refs", {"ref": "heads/x", "sha": FIRST}, 422),
        ("POST /git/refs", {"ref": "refs/x", "sha": FIRST}, 422),
        ("POST /git/refs", {"ref": "refs/keepwell/x", "sha": NOWHERE}, 422),
        ("POST /git/refs", {"ref": "refs/keepwell/x"}, 422),
        ("PATCH /git/refs/heads/none", {"sha": FIRST}, 422),
        ("POST /git/tags", {"tag": "x", "message": "m", "object": FIRST}, 422),
        ("POST /git/trees", {"tree": [{"path": "a", "sha": NOWHERE}]}, 422),
        ("POST /git/trees", {"tree": [], "base_tree": NOWHERE}, 422),
        ("POST /git/commits", {"message": "m", "tree": NOWHERE}, 422),
        ("POST /statuses/abc", {"state": "neutral"}, 422),
        ("POST /issues", {}, 422),
        ("POST /issues", {"title": "a", "body": "x" * 65537}, 422),
        ("POST /issues", ["a"], 400),
        ("POST /issues/1/comments", {"body": "x"}, 404),
        ("PATCH /issues/comments/1", {"body": "x"}, 404),
        ("PUT /issues", {}, 404),
    ],
)
def test_a_wrong_call_is_refused(client, call: str, body: Any, status: int):
    method, path = call.split()
    answer = client.request(method, f"{AT}{path}", json=body)
    assert (answer.status_code, answer.json()["status"]) == (status, str(status))


def test_what_is_no_json_is_refused(client):
    assert client.post(f"{AT}/issues", content=b"{").json()["message"] == "Problems parsing JSON"


def test_a_strange_token_is_refused(client):
    answer = client.get(AT, headers={"authorization": "Bearer another"})
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_without_permission_is_told_which(github, client, method: str):
    github.world.missing = {"issues"}
    answer = client.request(method, f"{AT}/issues", json={"title": "a"})
    access = "read" if method == "GET" else "write"
    assert answer.status_code == 403
    assert answer.headers["x-accepted-github-permissions"] == f"issues={access}"
    assert client.get(AT).status_code == 200


def test_the_reset_of_a_quota_is_a_time(client):
    headers = client.get(AT).headers
    assert headers["x-github-request-id"]
    assert (headers["x-ratelimit-remaining"], headers["x-ratelimit-used"]) == ("999", "1")
    assert int(headers["x-ratelimit-reset"]) == NOON.timestamp() + 3600


def test_the_quota_of_a_run_is_a_thousand_calls_an_hour():
    github = GitHubSimulator(clock=ManualClock(NOON), limits=True)
    with asking(github) as client:
        assert {client.get(AT).status_code for _ in range(1000)} == {200}
        refused = client.get(AT)
        assert (refused.status_code, "retry-after" in refused.headers) == (429, False)
        github.world.clock.sleep(3600)
        assert client.get(AT).status_code == 200


def test_a_ref_may_be_forced_back_and_says_what_it_points_at(client):
    body = {"tag": "lock", "message": "run 7", "object": FIRST, "type": "commit"}
    sha = client.post(f"{AT}/git/tags", json=body).json()["sha"]
    ref = {"ref": "refs/keepwell/lock/x", "sha": sha}
    assert client.post(f"{AT}/git/refs", json=ref).json()["object"]["type"] == "tag"
    moved = client.patch(f"{AT}/git/refs/keepwell/lock/x", json={"sha": FIRST, "force": True})
    assert moved.json()["object"] == {"sha": FIRST, "type": "commit"}


def test_refs_are_listed_by_their_beginning(client):
    for name in ("keepwell/b", "keepwell/a", "other/c"):
        client.post(f"{AT}/git/refs", json={"ref": f"refs/{name}", "sha": FIRST})
    found = client.get(f"{AT}/git/matching-refs/keepwell/").json()
    assert [each["ref"] for each in found] == ["refs/keepwell/a", "refs/keepwell/b"]
    assert client.get(f"{AT}/git/matching-refs/nothing").json() == []
    assert client.get(f"{AT}/git/ref/keepwell").status_code == 404


def test_a_file_of_plain_text_keeps_the_others(github, client):
    def move(path: str, content: dict[str, str], **base: str) -> None:
        blob = client.post(f"{AT}/git/blobs", json=content).json()["sha"]
        tree = {"tree": [{"path": path, "sha": blob}], **base}
        made = client.post(f"{AT}/git/trees", json=tree).json()["sha"]
        body = {"message": "m", "tree": made, "parents": [github.world.refs["heads/main"]]}
        sha = client.post(f"{AT}/git/commits", json=body).json()["sha"]
        assert client.patch(f"{AT}/git/refs/heads/main", json={"sha": sha}).status_code == 200

    move("a", {"content": "A"}, base_tree=FIRST)
    move("b", {"content": "Qg==", "encoding": "base64"}, base_tree=github.world.refs["heads/main"])
    assert [github.world.file(each, branch="main") for each in ("a", "b")] == [b"A", b"B"]
