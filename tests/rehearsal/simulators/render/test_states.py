"""How the stand-in for Render changes by itself: deploys, domains, syncs, and what is told of them."""

from pathlib import Path

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.render import RenderSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON

BLUEPRINT = (Path(__file__).parents[4] / "generated" / "render.yaml").read_text()
SMALL = "services: [{name: a, type: web, runtime: docker, %s}]"


@pytest.fixture
def render():
    simulator = RenderSimulator(clock=ManualClock(NOON))
    simulator.world.sync(BLUEPRINT)
    simulator.world.clock.sleep(15)
    simulator.world.settle()
    return simulator


@pytest.fixture
def client(render):
    with asking(render) as client:
        yield client


@pytest.fixture
def api(render) -> str:
    return f"/services/{render.world.service('api').id}"


def statuses(client, api: str) -> list[str]:
    return [row["deploy"]["status"] for row in client.get(f"{api}/deploys").json()]


def test_one_deploy_goes_at_a_time_and_of_those_that_wait_only_the_newest(render, client, api: str):
    answers = [client.post(f"{api}/deploys", json={}).status_code for _ in range(3)]
    assert answers == [201, 202, 202]
    assert statuses(client, api) == ["queued", "canceled", "created", "live"]
    render.world.clock.sleep(20)
    assert statuses(client, api) == ["build_in_progress", "canceled", "live", "deactivated"]
    render.world.clock.sleep(10)
    assert statuses(client, api) == ["live", "canceled", "deactivated", "deactivated"]


def test_a_newer_deploy_cancels_the_older_where_a_workspace_is_old(render, client, api: str):
    render.world.overrides_deploys = True
    answers = [client.post(f"{api}/deploys", json={}).status_code for _ in range(2)]
    assert answers == [201, 201]
    assert statuses(client, api) == ["created", "canceled", "live"]


def test_a_deploy_that_fails_leaves_what_was_live(render, client, api: str):
    render.world.outcomes["api"] = "update_failed"
    client.post(f"{api}/deploys", json={})
    render.world.clock.sleep(15)
    assert statuses(client, api) == ["update_failed", "live"]


def test_a_status_set_by_hand_stays(render, client, api: str):
    client.post(f"{api}/deploys", json={})
    render.world.service("api").deploys[0].status = "brand_new"
    render.world.clock.sleep(60)
    assert statuses(client, api) == ["brand_new", "live"]


def test_events_of_the_last_hour_are_told_newest_first(render, client, api: str):
    client.post(f"{api}/suspend")
    assert client.get(api).json()["suspenders"] == ["user"]
    assert client.get(f"{api}/instances").json() == []
    client.post(f"{api}/resume")
    rows = [row["event"] for row in client.get(f"{api}/events").json()]
    assert [each["type"] for each in rows] == [
        *("deploy_started", "service_resumed", "service_suspended"),
        *("deploy_ended", "deploy_started"),
    ]
    assert rows[3]["details"]["deployStatus"] == "succeeded"
    only = client.get(f"{api}/events", params={"type": "service_resumed"}).json()
    assert len(only) == 1
    render.world.clock.sleep(7200)
    assert [row["event"]["type"] for row in client.get(f"{api}/events").json()] == []


def test_metrics_are_one_series_a_service(client, api: str):
    (series,) = client.get("/metrics/cpu", params={"resource": api.rpartition("/")[2]}).json()
    assert len(series["values"]) == 61
    assert {each["value"] for each in series["values"]} == {0.1}


def test_a_domain_that_did_not_resolve_in_time_is_looked_at_again_when_asked(render, client, api):
    world, pointing = render.world, []
    world.verify_after_s, world.resolves = 30.0, lambda host: host in pointing
    made = client.post(f"{api}/custom-domains", json={"name": "shop.example"}).json()
    assert [each["name"] for each in made] == ["shop.example", "www.shop.example"]
    assert made[1]["redirectForName"] == "shop.example"
    path = f"{api}/custom-domains/{made[0]['id']}"
    pointing.append("shop.example")
    assert client.get(path).json()["verificationStatus"] == "unverified"
    world.clock.sleep(30)
    assert client.get(path).json()["verificationStatus"] == "verified"
    assert client.get(f"{api}/custom-domains/none").status_code == 404


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: [", "not YAML"),
        (SMALL % "renderSubdomainPolicy: disabled", "custom domain"),
        (SMALL % "envVars: [{fromGroup: none}]", "there is no none"),
        (SMALL % "envVars: [{key: B, fromService: {name: b, type: web}}]", "there is no b"),
        ("services: [{name: api, type: web, runtime: docker, region: ohio}]", "region"),
        ("services: [{name: a, type: wbe}]", "type"),
    ],
)
def test_a_file_that_is_refused_changes_nothing(render, client, text: str, error: str):
    before = client.get("/services").json()
    render.sync(text, commit="f" * 40)
    assert client.get("/services").json() == before
    blueprint = client.get("/blueprints").json()[0]["blueprint"]
    assert blueprint["status"] == "error"
    newest = client.get(f"/blueprints/{blueprint['id']}/syncs").json()[0]["sync"]
    assert (newest["commit"]["id"], newest["state"]) == ("f" * 40, "error")
    assert error in render.world.syncs[0].error


def test_a_plan_that_render_does_not_have_is_left_out_without_a_word(render, client):
    render.sync(SMALL % "plan: starter plus")
    assert render.world.syncs[0].state == "success"
    assert "a" not in [each.name for each in render.world.services.values()]


def test_a_sync_clears_the_build_filter_and_keeps_what_the_file_leaves_out(render):
    render.sync(SMALL % "plan: pro plus, healthCheckPath: /x, buildFilter: {paths: [a]}")
    service = render.world.service("a")
    assert (service.details["plan"], service.details["region"]) == ("pro_plus", "oregon")
    render.sync(SMALL % "autoDeployTrigger: off")
    assert service.fields["buildFilter"] is None
    assert service.fields["autoDeployTrigger"] == "off"
    assert (service.details["plan"], service.details["healthCheckPath"]) == ("pro_plus", "/x")


def test_a_blueprint_tells_what_it_manages(client):
    id_ = client.get("/blueprints").json()[0]["blueprint"]["id"]
    managed = client.get(f"/blueprints/{id_}").json()["resources"]
    assert [each["name"] for each in managed] == ["api", "ai-worker", "scaler", "queue", "shared"]


def test_a_store_is_changed_in_what_is_named(render, client):
    path = f"/key-value/{render.world.store('queue').id}"
    changed = client.patch(path, json={"plan": "standard"}).json()
    assert (changed["plan"], changed["options"]) == ("standard", {"maxmemoryPolicy": "noeviction"})
    assert client.get(path).json() == changed


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"serviceDetails": {"plan": "pro"}}', 200),
        (b'{"serviceDetails": {"plan": 7}}', 400),
        (b'{"serviceDetails": {"plan": "huge"}}', 400),
        (b'{"serviceDetails": []}', 400),
        (b"[]", 400),
        (b"{", 400),
    ],
)
def test_a_body_of_another_type_is_refused(client, api: str, body: bytes, status: int):
    answer = client.patch(api, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert "render-request-id" in answer.headers
