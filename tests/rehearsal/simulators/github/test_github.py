"""What the stand-in for GitHub does, as its documentation says."""

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.github import FIRST, GitHubSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON

AT = "/repos/livestreamsell/livestreamsell"


@pytest.fixture
def github():
    return GitHubSimulator(clock=ManualClock(NOON))


@pytest.fixture
def client(github):
    with asking(github) as client:
        yield client


def test_a_ref_is_made_once(client):
    body = {"ref": "refs/keepwell/lock/x", "sha": FIRST}
    path = f"{AT}/git/refs/keepwell/lock/x"
    assert client.post(f"{AT}/git/refs", json=body).status_code == 201
    assert client.post(f"{AT}/git/refs", json=body).status_code == 422
    assert client.get(f"{AT}/git/ref/keepwell/lock/x").json()["object"]["sha"] == FIRST
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 422
    assert client.get(f"{AT}/git/ref/keepwell/lock/x").status_code == 404


def test_a_branch_moves_forward_only(github, client):
    def commit(parents: list[str], text: str) -> str:
        content = {"content": text, "encoding": "base64"}
        blob = client.post(f"{AT}/git/blobs", json=content).json()["sha"]
        entry = [{"path": "a", "sha": blob}]
        tree = client.post(f"{AT}/git/trees", json={"tree": entry}).json()["sha"]
        made = client.post(
            f"{AT}/git/commits", json={"message": "m", "tree": tree, "parents": parents}
        )
        return str(made.json()["sha"])

    path = f"{AT}/git/refs/heads/main"
    assert client.patch(path, json={"sha": commit([], "QQ==")}).status_code == 422
    assert client.patch(path, json={"sha": commit([FIRST], "Qg==")}).status_code == 200
    assert github.world.file("a", branch="main") == b"B"


def test_statuses_come_newest_first_in_pages(client):
    for n in range(3):
        client.post(f"{AT}/statuses/abc", json={"state": "success", "context": str(n)})
    first = client.get(f"{AT}/commits/abc/statuses", params={"per_page": 2})
    assert [each["context"] for each in first.json()] == ["2", "1"]
    second = client.get(first.links["next"]["url"])
    assert [each["context"] for each in second.json()] == ["0"]
    assert "next" not in second.links


def test_a_long_description_is_refused(client):
    body = {"state": "success", "context": "c", "description": "x" * 141}
    assert client.post(f"{AT}/statuses/abc", json=body).status_code == 422


def test_issues_are_found_by_label_and_state(github, client):
    client.post(f"{AT}/issues", json={"title": "a", "labels": ["drift"]})
    client.post(f"{AT}/issues", json={"title": "b"})
    client.patch(f"{AT}/issues/2", json={"state": "closed"})
    found = client.get(f"{AT}/issues", params={"labels": "drift", "state": "open"}).json()
    assert [each["title"] for each in found] == ["a"]
    assert len(client.get(f"{AT}/issues", params={"state": "all"}).json()) == 2
    assert client.post(f"{AT}/issues/1/comments", json={"body": "c"}).status_code == 201
    assert github.world.comments == [(1, "c")]
    assert client.patch(f"{AT}/issues/9", json={}).status_code == 404


def test_the_heads_of_a_commit(github, client):
    github.world.pulls["abc"] = ["h1"]
    assert client.get(f"{AT}/commits/abc/pulls").json()[0]["head"]["sha"] == "h1"


def test_tags_name_their_owner(client):
    tag = {"tag": "lock", "message": "run 7", "object": "1" * 40, "type": "commit"}
    made = client.post(f"{AT}/git/tags", json=tag).json()
    assert made["object"] == {"sha": "1" * 40, "type": "commit"}
    assert client.get(f"{AT}/git/tags/{made['sha']}").json()["message"] == "run 7"
    assert client.get(f"{AT}/git/tags/none").status_code == 404


def test_another_repository_is_not_found(client):
    assert client.get("/repos/a/b").json()["message"] == "Not Found"
    assert client.get(AT).json()["default_branch"] == "main"
