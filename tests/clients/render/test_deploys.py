from typing import Any

import httpx
import pytest

from keepwell.clients.render.deploys import Deploy, Deploys
from keepwell.errors import CouldNotTell
from tests.clients.render.double import Fault, Workspace, service
from tests.worlds import NOON

SHA, OTHER = "a" * 40, "b" * 40
POST = "POST /services/srv-api/deploys"


def deploy(name: str, *, revision: str | None = SHA, **fields: Any) -> dict[str, Any]:
    commit = None if revision is None else {"id": revision}
    return {"id": name, "status": "queued", "trigger": "api", "commit": commit, **fields}


def answering(body: Any, status: int = 200) -> Fault:
    return lambda _: httpx.Response(status, json=body)


def of(at: Workspace) -> Deploys:
    return at.client().deploys("srv-api")


def shop(**changes: Any) -> Workspace:
    return Workspace(services=[service("api")], **changes)


def queued_behind(at: Workspace, *new: dict[str, Any]) -> Fault:
    def answer(_: httpx.Request) -> httpx.Response:
        at.deploys[:0] = new
        return httpx.Response(202)

    return answer


def test_deploys_are_read_whatever_they_lack():
    at = shop(
        deploys=[
            deploy("dep-3", status="a_new_word", createdAt="2026-11-24T12:00:00Z"),
            deploy("dep-2", revision=None, status="live"),
            {"id": "dep-1"},
        ]
    )
    newest, live, bare = of(at).recent()
    assert (newest.has_ended, newest.created_at) == (False, NOON)
    assert (live.revision, live.has_ended, live.was_live) == ("", True, True)
    assert bare == Deploy(id="dep-1", status="")


@pytest.mark.parametrize(
    ("status", "was_live"),
    [("deactivated", True), ("canceled", False), ("update_failed", False)],
)
def test_a_deploy_that_was_followed_had_served(status: str, was_live: bool):  # noqa: FBT001
    found = Deploy(id="d", status=status)
    assert (found.has_ended, found.was_live) == (True, was_live)


def test_a_commit_is_deployed():
    at = shop(faults={POST: [answering(deploy("dep-1"), 201)]})
    assert of(at).start(revision=SHA).id == "dep-1"
    assert at.written == [(POST, {"commitId": SHA})]


def test_after_202_with_an_empty_body_the_deploy_is_looked_up():
    at = shop(deploys=[deploy("dep-1")])
    follower = deploy("dep-3", revision=OTHER, trigger="new_commit")
    at.faults[POST] = [queued_behind(at, follower, deploy("dep-2"))]
    assert of(at).start(revision=SHA).id == "dep-2"


def test_after_202_a_deploy_without_a_commit_will_do():
    at = shop(deploys=[deploy("dep-1")])
    at.faults[POST] = [queued_behind(at, deploy("dep-2", revision=None, trigger="manual"))]
    assert of(at).start().id == "dep-2"


def test_after_202_without_a_deploy_nobody_can_tell():
    at = shop(deploys=[deploy("dep-1")], faults={POST: [lambda _: httpx.Response(202)]})
    with pytest.raises(CouldNotTell, match="shows none after 60 s"):
        of(at).start(revision=SHA)
    assert len(at.written) == 1


def test_a_deploy_is_rolled_back_canceled_and_read():
    path = "/services/srv-api"
    at = shop(
        faults={
            f"POST {path}/rollback": [answering(deploy("dep-9", trigger="rollback"), 201)],
            f"POST {path}/deploys/dep-9/cancel": [answering(deploy("dep-9", status="canceled"))],
            f"GET {path}/deploys/dep-9": [answering(deploy("dep-9", status="live"))],
        }
    )
    deploys = of(at)
    assert deploys.roll_back("dep-1").trigger == "rollback"
    assert deploys.cancel("dep-9").status == "canceled"
    assert deploys.one("dep-9").was_live
    assert at.written[0] == (f"POST {path}/rollback", {"deployId": "dep-1"})


def test_events_are_asked_for_with_a_time_or_render_tells_the_last_hour():
    rows = [{"event": {"id": "evt-1", "type": "a_new_type"}, "cursor": "1"}]
    at = shop(faults={"GET /services/srv-api/events": [answering(rows)]})
    assert of(at).events(since=NOON) == [{"id": "evt-1", "type": "a_new_type"}]
    assert at.asked[0].url.params["startTime"] == "2026-11-24T12:00:00+00:00"


def test_instances_and_metrics_are_plain_lists():
    series = [{"labels": [], "values": [{"timestamp": "t", "value": 0.5}], "unit": "cpu"}]
    at = shop(
        faults={
            "GET /services/srv-api/instances": [answering([{"id": "api-1", "createdAt": "t"}])],
            "GET /metrics/cpu": [answering(series)],
        }
    )
    assert of(at).instances() == ["api-1"]
    assert of(at).metric("cpu", since=NOON) == series
    assert at.asked[1].url.params["resource"] == "srv-api"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"valid": True, "plan": {"totalActions": 3}}, ()),
        ({"valid": False}, ("Render calls it invalid, and does not say why",)),
        ({}, ("Render calls it invalid, and does not say why",)),
        (
            {
                "valid": False,
                "errors": [
                    {"error": "unknown plan", "path": "services[0].plan", "line": 3, "column": 5},
                    {"error": "no services"},
                ],
            },
            ("3:5 services[0].plan: unknown plan", "no services"),
        ),
    ],
)
def test_a_blueprint_is_valid_where_the_body_says_so(body: Any, said: tuple[str, ...]):
    at = shop(faults={"POST /blueprints/validate": [answering(body)]})
    assert at.client().validate("services: []") == said
    sent = at.asked[0]
    assert sent.headers["content-type"].startswith("multipart/form-data")
    assert b'name="ownerId"' in sent.content
    assert b"tea-shop" in sent.content
    assert b"services: []" in sent.content
