"""How the stand-in for GitHub pages, sums up statuses, and keeps issues and labels."""

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.github import GitHubSimulator
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


def post_statuses(client, *states: str) -> None:
    for state in states:
        context, _, word = state.partition("=")
        client.post(f"{AT}/statuses/abc", json={"state": word, "context": context})


@pytest.mark.parametrize(
    ("states", "sum_"),
    [
        ((), "pending"),
        (("a=success",), "success"),
        (("a=success", "b=pending"), "pending"),
        (("a=error", "b=pending"), "failure"),
        (("a=failure", "b=success"), "failure"),
        (("a=failure", "a=success"), "success"),
    ],
)
def test_the_last_status_of_each_context_counts(client, states: tuple[str, ...], sum_: str):
    post_statuses(client, *states)
    combined = client.get(f"{AT}/commits/abc/status").json()
    contexts = {each.partition("=")[0] for each in states}
    assert (combined["state"], combined["total_count"]) == (sum_, len(contexts))
    assert len(client.get(f"{AT}/commits/abc/statuses").json()) == len(states)


def test_a_context_has_at_most_a_thousand_statuses(github, client):
    github.world.statuses["abc"] = [{"context": "a", "state": "success"}] * 1000
    full = client.post(f"{AT}/statuses/abc", json={"state": "success", "context": "a"})
    other = client.post(f"{AT}/statuses/abc", json={"state": "success", "context": "b"})
    assert (full.status_code, other.status_code) == (422, 201)


@pytest.mark.parametrize(
    ("page", "rels"),
    [(1, {"next", "last"}), (2, {"prev", "next", "last", "first"}), (3, {"prev", "first"})],
)
def test_links_lead_to_the_other_pages(client, page: int, rels: set[str]):
    for n in range(5):
        client.post(f"{AT}/issues", json={"title": str(n), "labels": ["drift"]})
    query = {"labels": "drift", "per_page": 2, "page": page}
    answer = client.get(f"{AT}/issues", params=query)
    assert set(answer.links) == rels
    assert all("labels=drift" in each["url"] for each in answer.links.values())


def test_a_page_holds_a_hundred_rows_at_most(client):
    post_statuses(client, *(f"{n}=success" for n in range(101)))
    answer = client.get(f"{AT}/commits/abc/statuses", params={"per_page": 500})
    assert len(answer.json()) == 100
    assert len(client.get(answer.links["next"]["url"]).json()) == 1


def test_issues_with_all_labels_are_found_pull_requests_among_them(github, client):
    client.post(f"{AT}/issues", json={"title": "a", "labels": ["drift"]})
    made = client.post(f"{AT}/issues", json={"title": "b", "labels": ["drift", "bug"]}).json()
    pull = {**made, "number": 3, "title": "c", "pull_request": {}}
    github.world.issues.append(pull)
    found = client.get(f"{AT}/issues", params={"labels": "drift,bug"}).json()
    assert [(each["title"], "pull_request" in each) for each in found] == [
        ("c", True),
        ("b", False),
    ]


def test_an_issue_changes_in_what_is_sent(client):
    client.post(f"{AT}/issues", json={"title": "a", "labels": ["drift"]})
    client.patch(f"{AT}/issues/1", json={"labels": ["bug"], "state": "closed"})
    issue = client.get(f"{AT}/issues/1").json()
    assert (issue["title"], issue["state"]) == ("a", "closed")
    assert [each["name"] for each in issue["labels"]] == ["bug"]
    assert client.patch(f"{AT}/issues/1", json={"state": "done"}).status_code == 422


def test_comments_are_listed_in_pages_and_changed(github, client):
    for title in ("a", "b"):
        client.post(f"{AT}/issues", json={"title": title})
    for n, issue in enumerate((1, 2, 1)):
        client.post(f"{AT}/issues/{issue}/comments", json={"body": str(n)})
    first = client.get(f"{AT}/issues/1/comments", params={"per_page": 1})
    (second,) = client.get(first.links["next"]["url"]).json()
    assert (first.json()[0]["body"], second["body"]) == ("0", "2")
    client.patch(f"{AT}/issues/comments/{second['id']}", json={"body": "changed"})
    assert github.world.comments == [(1, "0"), (2, "1"), (1, "changed")]


def test_labels_are_made_with_issues_and_once(client):
    client.post(f"{AT}/issues", json={"title": "a", "labels": ["drift"]})
    again = client.post(f"{AT}/labels", json={"name": "Drift", "color": "ff0000"})
    assert again.status_code == 422
    client.post(f"{AT}/labels", json={"name": "bug", "color": "ff0000", "description": "Wrong."})
    assert [each["name"] for each in client.get(f"{AT}/labels").json()] == ["drift", "bug"]
