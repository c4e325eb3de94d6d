from typing import Any

import pytest

from keepwell.decisions.diff import diff
from keepwell.errors import UsageError
from keepwell.model.resource import Observation
from keepwell.model.secret import HIDDEN
from keepwell.model.verdict import Status
from tests.clients.render.double import SHOP, Workspace, domain, service, wanted

API = wanted("service api", type="web_service", plan="standard", region="virginia")


def fields(seen: Observation) -> dict[str, Any]:
    return {each.address.removeprefix("render "): each.fields for each in seen.resources}


def test_a_plan_takes_three_rounds_and_one_call_for_each_list():
    at = Workspace(services=[service("api"), service("worker", "background_worker")])
    group = wanted("env-group shared", services=[])
    desired = [API, wanted("service worker", type="background_worker"), group]
    seen = at.client(owner_id="").observe(desired)
    assert at.calls[0] == "GET /owners"
    assert sorted(at.calls[1:5]) == [
        "GET /blueprints",
        "GET /env-groups",
        "GET /key-value",
        "GET /services",
    ]
    assert sorted(at.calls[5:]) == [
        "GET /services/srv-api/custom-domains",
        "GET /services/srv-api/env-vars",
        "GET /services/srv-api/outbound-ips",
        "GET /services/srv-worker/env-vars",
    ]
    assert seen.calls == len(at.calls)


def test_the_owner_is_named_in_each_list_and_previews_are_left_out():
    at = Workspace(services=[service("api"), service("api", parentServer={"id": "srv-api"})])
    seen = at.client().observe([API, wanted("env-group shared", services=[])])
    lists = [each.url.params for each in at.asked if each.url.path.count("/") == 2]
    assert [each["ownerId"] for each in lists] == ["tea-shop"] * 4
    assert [each["includePreviews"] for each in lists if "includePreviews" in each] == ["false"]
    assert sum(each.kind == "service" for each in seen.resources) == 1


@pytest.mark.parametrize(("owners", "count"), [([], "0"), (["tea-a", "tea-b"], "2")])
def test_a_key_that_reaches_another_number_of_workspaces_than_one_needs_the_owner(owners, count):
    with pytest.raises(UsageError, match=f"reaches {count} workspaces") as error:
        Workspace(owners=owners).client(owner_id="").observe([])
    assert "RENDER_OWNER_ID" in error.value.hint


def test_a_second_page_is_read():
    at = Workspace(services=[service(f"s{number}") for number in range(101)])
    seen = at.client().observe([wanted("service s100", type="web_service")])
    assert "service s100" in fields(seen)
    assert at.calls.count("GET /services") == 2


def test_groups_are_asked_for_by_name_so_that_none_is_missed_behind_a_page():
    at = Workspace(services=[service("api")])
    at.client().observe(
        [API, wanted("env-group a", services=[]), wanted("env-group b", services=[])]
    )
    (asked,) = [each.url.params for each in at.asked if each.url.path.endswith("/env-groups")]
    assert asked["name"] == "a,b"


def test_without_a_declared_group_none_is_asked_for():
    at = Workspace(services=[service("api")])
    at.client().observe([API])
    assert "GET /env-groups" not in at.calls


def test_values_are_compared_at_once_and_none_is_kept():
    at = Workspace(
        services=[service("api")],
        variables={"api": {"A": "one", "B": "two", "C": "three", "R": "redis://x", "PLAIN": "no"}},
        secrets={"A": "one", "B": "another"},
    )
    desired = [
        API,
        wanted("env-var api/A", value="secret://A"),
        wanted("env-var api/B", value="secret://B"),
        wanted("env-var api/R", value="from keyvalue queue connectionString"),
        wanted("env-var api/PLAIN", value="yes"),
    ]
    seen = at.client().observe(desired)
    found = fields(seen)
    assert found["env-var api/A"] == {"value": "secret://A"}
    assert found["env-var api/B"] == {"value": HIDDEN}
    assert found["env-var api/C"] == {}
    assert found["env-var api/R"] == {"value": "from keyvalue queue connectionString"}
    assert found["env-var api/PLAIN"] == {"value": HIDDEN}
    assert not any(value in repr(seen) for value in ("'one'", "two", "three", "redis://x"))


def test_a_secret_that_is_not_at_hand_is_named():
    at = Workspace(services=[service("api")], variables={"api": {"A": "one"}})
    seen = at.client().observe([API, wanted("env-var api/A", value="secret://A")])
    assert seen.uncompared == ["A"]
    assert diff([wanted("env-var api/A", value="secret://A")], [seen]).changes == []


def test_old_and_new_names_of_a_plan_are_one():
    at = Workspace(services=[service("api", plan="1c-2g")])
    assert diff([API], [at.client().observe([API])]).changes == []


@pytest.mark.parametrize(
    "body",
    [
        {"id": "srv-api", "name": "api"},
        {"id": "srv-api", "name": "api", "type": "quantum_service", "serviceDetails": None},
        {**service("api", plan="9000c-1t", autoscaling=None), "suspenders": ["a_new_word"]},
    ],
)
def test_words_that_are_new_and_fields_that_are_missing_are_borne(body):
    at = Workspace(services=[body])
    assert "service api" in fields(at.client().observe([API]))


def test_nothing_at_render_is_ours_to_delete():
    at = Workspace(
        services=[service("api", renderSubdomainPolicy="enabled", autoscaling={"enabled": True})],
        variables={"api": {"OLD": "x"}},
        domains={"api": [domain("old.shop.example", is_verified=True)]},
    )
    seen = at.client().observe([API])
    assert diff([], [seen]).changes == []
    assert {each.kind for each in seen.resources} >= {"scaling", "subdomain-policy", "env-var"}


def test_a_region_is_not_changed_but_reported():
    at = Workspace(services=[service("api", region="oregon")])
    seen = at.client().observe([API])
    difference = diff([API], [seen])
    assert difference.changes == []
    assert "region is 'oregon', not 'virginia'" in difference.findings[0].message


def test_a_suspended_service_is_told_with_who_and_the_next_step():
    body = {**service("api"), "suspended": "suspended", "suspenders": ["billing"]}
    (found,) = Workspace(services=[body]).client().observe([API]).findings
    assert found.status is Status.WARN
    assert "billing" in found.message
    assert "resume it" in found.hint


def test_a_group_shows_declared_services_only_and_its_variables():
    group = {
        "id": "evg-1",
        "name": "shared",
        "serviceLinks": [{"id": "srv-api", "name": "api"}, {"id": "srv-x", "name": "foreign"}],
        "envVars": [{"key": "LOG", "value": "info"}],
    }
    at = Workspace(services=[service("api")], groups=[group, {"id": "evg-2", "name": "other"}])
    desired = [
        API,
        wanted("env-group shared", services=["api"]),
        wanted("env-group-var shared/LOG", value="info"),
    ]
    assert diff(desired, [at.client().observe(desired)]).changes == []
    assert "GET /env-groups/evg-2" not in at.calls


def test_scaling_domains_and_outbound_ranges_are_shown():
    criteria = {"cpu": {"enabled": True, "percentage": 60}, "memory": None}
    scaled = {"enabled": True, "min": 1, "max": 9, "criteria": criteria}
    at = Workspace(
        services=[service("api", autoscaling=scaled)],
        domains={"api": [domain("api.shop.example", is_verified=False)]},
    )
    found = fields(at.client().observe([API]))
    assert found["scaling api"] == {"enabled": True, "min": 1, "max": 9, "cpu": 60, "memory": None}
    assert found["custom-domain api/api.shop.example"] == {"verified": False}
    assert found["outbound-ips api"] == {"cidrs": ["1.2.3.0/24", "74.220.48.0/24"]}


BLUEPRINT = {"id": "exs-1", "name": "shop", "status": "in_sync", "autoSync": True, "repo": SHOP}


def synced(state: str, at: str) -> dict[str, Any]:
    return {"id": at, "state": state, "startedAt": at, "commit": {"id": "f" * 40}}


@pytest.mark.parametrize(
    ("blueprint", "syncs", "messages"),
    [
        ({}, [synced("success", "2026-11-26")], []),
        ({}, [], []),
        ({"repo": "https://github.com/other/other"}, [synced("error", "2026-11-26")], []),
        (
            {"repo": f"{SHOP}.git"},
            [synced("success", "2026-11-25"), synced("error", "2026-11-26")],
            ["the last sync of the Blueprint shop failed, at fffffff"],
        ),
        ({"autoSync": False}, [], ["the Blueprint shop is not synced automatically"]),
    ],
)
def test_the_last_sync_of_our_blueprint_is_told(blueprint, syncs, messages):
    at = Workspace(services=[service("api")], blueprints=[BLUEPRINT | blueprint], syncs=syncs)
    assert [each.message for each in at.client().observe([API]).findings] == messages


def test_a_service_that_a_sync_left_out_is_named():
    at = Workspace(
        services=[service("api")], blueprints=[BLUEPRINT], syncs=[synced("success", "2026-11-26")]
    )
    seen = at.client().observe([API, wanted("service worker", type="background_worker")])
    assert "made no worker" in seen.findings[0].message
