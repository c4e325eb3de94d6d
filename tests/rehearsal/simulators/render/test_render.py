"""What the stand-in for Render does, as its documentation says."""

from pathlib import Path

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.render import RenderSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON

BLUEPRINT = (Path(__file__).parents[4] / "generated" / "render.yaml").read_text()
HOST = "api.livestreamsell.example"


@pytest.fixture
def render():
    simulator = RenderSimulator(clock=ManualClock(NOON))
    simulator.sync(BLUEPRINT)
    return simulator


@pytest.fixture
def client(render):
    with asking(render) as client:
        yield client


@pytest.fixture
def api(render) -> str:
    return f"/services/{render.world.service('api').id}"


def names(client, path: str, name: str, **params: str) -> list[str]:
    rows = client.get(path, params=params).json()
    return [row[name].get("name") or row[name]["key"] for row in rows]


def test_lists_hold_previews_unless_told_not_to(client):
    assert names(client, "/services", "service") == ["api", "ai-worker", "scaler", "api PR #7"]
    without = names(client, "/services", "service", includePreviews="false")
    assert without == ["api", "ai-worker", "scaler"]


def test_lists_come_in_pages_behind_a_cursor(client):
    first = client.get("/services", params={"limit": "2"}).json()
    second = client.get("/services", params={"limit": "2", "cursor": first[-1]["cursor"]}).json()
    assert [len(first), len(second)] == [2, 2]
    assert client.get("/services", params={"limit": "101"}).status_code == 400


def test_another_workspace_is_empty(client):
    assert client.get("/services", params={"ownerId": "tea-other"}).json() == []


def test_a_sync_sets_no_secret_and_takes_away_no_variable(render, client, api: str):
    assert names(client, f"{api}/env-vars", "envVar") == ["REDIS_URL"]
    client.put(f"{api}/env-vars/BY_HAND", json={"value": "x"})
    render.sync(BLUEPRINT)
    assert names(client, f"{api}/env-vars", "envVar") == ["REDIS_URL", "BY_HAND"]


def test_putting_all_variables_replaces_all(client, api: str):
    client.put(f"{api}/env-vars", json=[{"key": "ONLY", "value": "x"}])
    assert names(client, f"{api}/env-vars", "envVar") == ["ONLY"]


def test_a_variable_that_is_not_there_cannot_be_deleted(client, api: str):
    assert client.delete(f"{api}/env-vars/REDIS_URL").status_code == 204
    assert client.delete(f"{api}/env-vars/REDIS_URL").status_code == 404


def test_a_sync_may_leave_a_service_out_without_a_word(render):
    other = RenderSimulator(clock=ManualClock(NOON))
    other.world.drops.add("ai-worker")
    other.sync(BLUEPRINT)
    assert [each.name for each in other.world.services.values()] == ["api", "scaler"]
    assert other.world.syncs[0].state == "success"


def test_a_domain_is_verified_once_its_name_resolves_and_time_has_passed(render, client, api: str):
    world = render.world
    world.verify_after_s, pointing = 30.0, []
    world.resolves = lambda host: host in pointing

    def status() -> str:
        (row,) = client.get(f"{api}/custom-domains").json()
        return str(row["customDomain"]["verificationStatus"])

    world.clock.sleep(60)
    assert client.post(f"{api}/custom-domains/{HOST}/verify").status_code == 202
    assert status() == "unverified"
    pointing.append(HOST)
    assert status() == "unverified"
    world.clock.sleep(30)
    assert status() == "verified"


def test_a_domain_belongs_to_one_service(render, client):
    worker = render.world.service("ai-worker").id
    answer = client.post(f"/services/{worker}/custom-domains", json={"name": HOST})
    assert answer.status_code == 409


def test_the_subdomain_stays_open_without_a_domain(client, api: str):
    body = {"serviceDetails": {"renderSubdomainPolicy": "disabled"}}
    assert client.patch(api, json=body).status_code == 200
    client.delete(f"{api}/custom-domains/{HOST}")
    assert client.patch(api, json=body).status_code == 400


def test_autoscaling_needs_both_criteria(client, api: str):
    cpu = {"enabled": True, "percentage": 60}
    wanted: dict[str, object] = {"enabled": True, "min": 1, "max": 3}
    half = {**wanted, "criteria": {"cpu": cpu}}
    assert client.put(f"{api}/autoscaling", json=half).status_code == 400
    wanted["criteria"] = {"cpu": cpu, "memory": {"enabled": False, "percentage": 0}}
    assert client.put(f"{api}/autoscaling", json=wanted).json() == wanted


def test_scaling_by_hand_is_ignored_while_autoscaling_is_on(render, client, api: str):
    service = render.world.service("api")
    assert client.post(f"{api}/scale", json={"numInstances": 7}).status_code == 202
    assert service.details["numInstances"] == 1
    assert client.delete(f"{api}/autoscaling").status_code == 204
    client.post(f"{api}/scale", json={"numInstances": 7})
    assert service.details["numInstances"] == 7


def test_a_deploy_passes_through_its_statuses(render, client, api: str):
    render.world.clock.sleep(15)
    made = client.post(f"{api}/deploys", json={"commitId": "abc"})
    assert made.status_code == 201
    path = f"{api}/deploys/{made.json()['id']}"
    seen = []
    for _ in range(4):
        seen.append(client.get(path).json()["status"])
        render.world.clock.sleep(5)
    assert seen == ["created", "build_in_progress", "update_in_progress", "live"]
    again = client.post(f"{api}/rollback", json={"deployId": made.json()["id"]}).json()
    assert (again["trigger"], again["commit"]["id"]) == ("rollback", "abc")


def test_a_queued_deploy_is_answered_with_nothing(render, client, api: str):
    render.world.queues_deploys = True
    answer = client.post(f"{api}/deploys", json={})
    assert (answer.status_code, answer.content) == (202, b"")


def test_a_deploy_can_be_canceled(render, client, api: str):
    render.world.clock.sleep(15)
    made = client.post(f"{api}/deploys", json={}).json()
    path = f"{api}/deploys/{made['id']}"
    assert client.post(f"{path}/cancel").json()["status"] == "canceled"
    assert client.post(f"{path}/cancel").status_code == 400
    assert "commit" not in client.get(path).json()


def test_what_is_not_there_is_named(client):
    answer = client.get("/services/srv-none")
    assert (answer.status_code, answer.json()) == (404, {"message": "not found: srv-none"})


def test_a_group_is_linked_and_its_variables_are_set_one_by_one(render, client, api: str):
    made = client.post(
        "/env-groups",
        json={"name": "more", "ownerId": "tea", "envVars": [{"key": "A", "value": "1"}]},
    ).json()
    path = f"/env-groups/{made['id']}"
    client.put(f"{path}/env-vars/B", json={"value": "2"})
    client.post(f"{path}/services/{api.rpartition('/')[2]}")
    group = client.get(path).json()
    assert [each["key"] for each in group["envVars"]] == ["A", "B"]
    assert [each["name"] for each in group["serviceLinks"]] == ["api"]
    assert [each["name"] for each in client.get("/env-groups").json()] == ["shared", "more"]


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (BLUEPRINT, True),
        ("services: [{name: a, type: web, plan: starter plus}]", True),
        ("services: [{name: a, type: web, plan: huge}]", False),
        ("services: [{name: a, type: wbe}]", False),
        ("- a", False),
        ("a: [", False),
    ],
)
def test_a_blueprint_is_validated_and_the_answer_is_always_200(client, text: str, valid: bool):  # noqa: FBT001
    answer = client.post(
        "/blueprints/validate", data={"ownerId": "tea"}, files={"file": ("render.yaml", text)}
    )
    assert answer.status_code == 200
    assert answer.json()["valid"] is valid


def test_every_answer_counts_down(client):
    headers = client.get("/services").headers
    assert headers["ratelimit-limit"] == "400"
    assert headers["ratelimit-remaining"] == "399"
    assert headers["ratelimit-reset"] == "60"
