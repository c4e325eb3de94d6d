import httpx
import pytest

from keepwell.decisions.desired_render import GENERATED
from keepwell.errors import ApiError, CouldNotTell, Refused, UsageError
from keepwell.model.plan import Batch
from tests.clients.render.double import Workspace, batches, domain, service, settle, wanted

API = wanted("service api", type="web_service")
QUEUE = wanted("key-value queue", plan="standard", maxmemory_policy="noeviction", ip_allow_list=[])
ONE = "/services/srv-api"
HOST = "api.shop.example"


def shop(**changes) -> Workspace:
    return Workspace(**{"services": [service("api")], **changes})


def test_a_variable_is_set_by_itself_and_never_all_at_once():
    at = shop(secrets={"TOKEN": "s3cret"}, variables={"api": {"OTHER": "kept"}})
    client = at.client()
    settle(client, API, wanted("env-var api/TOKEN", value="Bearer secret://TOKEN"))
    assert at.written == [(f"PUT {ONE}/env-vars/TOKEN", {"value": "Bearer s3cret"})]


def test_a_missing_secret_is_named_before_anything_is_sent():
    at = shop(secrets={"A": "a"})
    client = at.client()
    desired = [API, *(wanted(f"env-var api/{each}", value=f"secret://{each}") for each in "AB")]
    changes = [change for batch in batches(client, *desired) for change in batch.changes]
    with pytest.raises(UsageError, match="needs the variable B"):
        client.apply(Batch(vendor="render", kind="env-var", changes=changes))
    assert at.written == []


def test_a_group_is_made_with_its_links_and_then_filled():
    made = {"id": "evg-1", "name": "shared", "envVars": []}
    at = shop(groups=[])
    client = at.client()
    desired = [
        API,
        wanted("env-group shared", services=["api"]),
        wanted("env-group-var shared/LOG", value="info"),
        wanted("env-group-var shared/SALT", value=GENERATED),
    ]
    first, *rest = batches(client, *desired)
    at.groups.append(made)
    for batch in (first, *rest):
        client.apply(batch)
    body = {"name": "shared", "ownerId": "tea-shop", "envVars": [], "serviceIds": ["srv-api"]}
    assert at.written == [
        ("POST /env-groups", body),
        ("PUT /env-groups/evg-1/env-vars/LOG", {"value": "info"}),
        ("PUT /env-groups/evg-1/env-vars/SALT", {"generateValue": True}),
    ]


def test_links_of_a_group_come_and_go_among_declared_services_only():
    links = [{"id": "srv-old", "name": "old"}, {"id": "srv-x", "name": "foreign"}]
    group = {"id": "evg-1", "name": "shared", "serviceLinks": links, "envVars": []}
    at = shop(services=[service("api"), service("old"), service("foreign")], groups=[group])
    old = wanted("service old", type="web_service")
    settle(at.client(), API, old, wanted("env-group shared", services=["api"]))
    assert [call for call, _ in at.written] == [
        "POST /env-groups/evg-1/services/srv-api",
        "DELETE /env-groups/evg-1/services/srv-old",
    ]


def test_scaling_is_set_with_both_criteria_each_time():
    at = shop()
    settle(at.client(), API, wanted("scaling api", enabled=True, min=1, max=9, cpu=70, memory=None))
    criteria = {
        "cpu": {"enabled": True, "percentage": 70},
        "memory": {"enabled": False, "percentage": 70},
    }
    body = {"enabled": True, "min": 1, "max": 9, "criteria": criteria}
    assert at.written == [(f"PUT {ONE}/autoscaling", body)]


@pytest.mark.parametrize("is_scaled", [True, False])
def test_a_number_of_instances_counts_only_once_autoscaling_is_off(is_scaled: bool):  # noqa: FBT001
    at = shop(services=[service("api", autoscaling={"enabled": is_scaled})])
    settle(at.client(), wanted("service api", instances=2))
    scaled = (f"POST {ONE}/scale", {"numInstances": 2})
    off = (f"DELETE {ONE}/autoscaling", None)
    assert at.written == ([off, scaled] if is_scaled else [scaled])


def test_a_service_is_changed_by_what_differs_and_no_more():
    at = shop()
    more = {"health_check_path": "/livez", "max_shutdown_delay_s": 60}
    settle(
        at.client(),
        wanted("service api", plan="pro_plus", auto_deploy_trigger="checksPass", **more),
    )
    details = {"plan": "pro_plus", "maxShutdownDelaySeconds": 60}
    body = {"autoDeployTrigger": "checksPass", "serviceDetails": details}
    assert at.written == [(f"PATCH {ONE}", body)]


def test_a_key_value_store_is_changed_in_the_words_of_the_api():
    opened = [{"cidrBlock": "0.0.0.0/0", "description": "everywhere"}]
    options = {"maxmemoryPolicy": "allkeys-lru"}
    store = {"id": "red-1", "name": "queue", "plan": "1g", "options": options}
    at = shop(stores=[{**store, "ipAllowList": opened}])
    settle(at.client(), QUEUE)
    body = {"maxmemoryPolicy": "noeviction", "ipAllowList": []}
    assert at.written == [("PATCH /key-value/red-1", body)]


def test_a_domain_is_added_once_even_where_its_pair_brought_it():
    at = shop(domains={"api": []})
    client = at.client()
    pair = [wanted(f"custom-domain api/{host}") for host in ("shop.example", "www.shop.example")]
    first, second = batches(client, API, *pair)
    client.apply(first)
    at.domains["api"] = [domain(each.key[4:], is_verified=False) for each in pair]
    client.apply(second)
    assert at.written == [(f"POST {ONE}/custom-domains", {"name": "shop.example"})]


def test_an_addition_that_may_have_arrived_is_not_sent_again():
    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("cut", request=request)

    at = shop(faults={f"POST {ONE}/custom-domains": [cut]})
    with pytest.raises(ApiError):
        settle(at.client(), API, wanted(f"custom-domain api/{HOST}"))
    assert len(at.written) == 1


def test_the_name_at_render_is_closed_only_behind_a_verified_domain():
    at = shop(domains={"api": [domain(HOST, is_verified=False)]})
    closed = wanted("subdomain-policy api", policy="disabled")
    with pytest.raises(Refused, match="no custom domain of api is verified"):
        settle(at.client(), API, closed)
    assert at.written == []
    at.domains["api"] = [domain(HOST, is_verified=True)]
    settle(at.client(), API, closed)
    body = {"serviceDetails": {"renderSubdomainPolicy": "disabled"}}
    assert at.written == [(f"PATCH {ONE}", body)]


def test_what_a_sync_makes_is_waited_for_and_not_made():
    at = shop(services=[])
    client = at.client()
    (batch,) = batches(client, API)

    def sync(_: httpx.Request) -> httpx.Response:
        at.services.append(service("api"))
        return httpx.Response(200, json=[])

    at.faults["GET /services"] = [sync]
    client.apply(batch)
    assert at.written == []
    assert at.clock.monotonic_s() == 10


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (API, "service api"),
        (wanted("key-value queue", plan="standard"), "key-value queue"),
        (
            wanted("env-var api/URL", value="from keyvalue queue connectionString"),
            "env-var api/URL",
        ),
        (wanted("env-var api/LOG", value="info"), "service api"),
    ],
)
def test_what_no_sync_makes_in_time_is_named_with_the_next_step(missing, named: str):
    at = shop(services=[])
    client = at.client()
    batch = next(each for each in batches(client, missing) if each.kind == missing.kind)
    with pytest.raises(CouldNotTell, match=f"^render {named} is not there 10 minutes") as error:
        client.apply(batch)
    assert "push render.yaml" in error.value.hint
    assert at.clock.monotonic_s() == 600
    assert at.written == []


def test_a_verification_is_asked_for_once_and_waited_for():
    at = shop(domains={"api": [domain(HOST, is_verified=False)]})
    client = at.client()
    client.observe([API])
    with pytest.raises(CouldNotTell, match=f"not verified {HOST} in 15 minutes") as error:
        client.await_verified([HOST])
    assert "onrender.com" in error.value.hint
    assert at.written == [(f"POST {ONE}/custom-domains/{HOST}/verify", None)]
    at.domains["api"] = [domain(HOST, is_verified=True)]
    client.await_verified([HOST])
    assert len(at.written) == 1
