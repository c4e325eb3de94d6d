from pathlib import Path
from typing import Any

import pytest

from keepwell.decisions.desired_render import GENERATED, desired, is_reference
from keepwell.model.document import Document

BLUEPRINT = (Path(__file__).parents[2] / "generated" / "render.yaml").read_text()
SECRETS = {("api", "DATABASE_URL"): "DATABASE_URL", ("ai-worker", "DATABASE_URL"): "WORKER_DB"}


def resources(text: str, secrets: dict[tuple[str, str], str] = SECRETS) -> dict[str, Any]:
    documents = [Document(path="render.yaml", text=text)]
    return {
        each.address.removeprefix("render "): each.fields
        for each in desired(documents, secret_of=secrets)
    }


REAL = resources(BLUEPRINT)


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (
            "key-value queue",
            {
                "region": "virginia",
                "plan": "starter",
                "maxmemory_policy": "noeviction",
                "ip_allow_list": [],
            },
        ),
        (
            "service api",
            {
                "type": "web_service",
                "plan": "standard",
                "region": "virginia",
                "health_check_path": "/readyz",
                "auto_deploy_trigger": "checksPass",
                "max_shutdown_delay_s": 30,
            },
        ),
        (
            "service ai-worker",
            {
                "type": "background_worker",
                "plan": "standard",
                "region": "virginia",
                "auto_deploy_trigger": "checksPass",
                "max_shutdown_delay_s": 300,
            },
        ),
        (
            "service scaler",
            {
                "type": "background_worker",
                "plan": "starter",
                "region": "virginia",
                "auto_deploy_trigger": "checksPass",
                "instances": 1,
            },
        ),
        ("env-group shared", {"services": ["ai-worker", "api"]}),
        ("env-group-var shared/LOG_LEVEL", {"value": "info"}),
        ("env-var api/DATABASE_URL", {"value": "secret://DATABASE_URL"}),
        ("env-var ai-worker/DATABASE_URL", {"value": "secret://WORKER_DB"}),
        ("env-var api/REDIS_URL", {"value": "from keyvalue queue connectionString"}),
        ("scaling api", {"enabled": True, "min": 1, "max": 10, "cpu": 60, "memory": None}),
        ("custom-domain api/api.livestreamsell.example", {}),
        ("subdomain-policy api", {"policy": "disabled"}),
    ],
)
def test_the_real_stack(address: str, fields: dict[str, Any]):
    assert REAL[address] == fields


def test_kinds_come_in_one_order():
    kinds = list(dict.fromkeys(address.partition(" ")[0] for address in REAL))
    assert kinds == [
        "key-value",
        "service",
        "env-group",
        "env-group-var",
        "env-var",
        "scaling",
        "custom-domain",
        "subdomain-policy",
    ]


def test_a_value_that_nobody_knows_is_left_out():
    assert "env-var api/META_APP_SECRET" not in REAL


SERVICE = "services: [{{type: {}, name: x, runtime: {}{}}}]"


@pytest.mark.parametrize(
    ("type_", "runtime", "expected"),
    [
        ("web", "docker", "web_service"),
        ("web", "static", "static_site"),
        ("pserv", "docker", "private_service"),
        ("cron", "python", "cron_job"),
        ("workflow", "python", "workflow"),
    ],
)
def test_types_are_spelled_as_the_api_does(type_: str, runtime: str, expected: str):
    assert resources(SERVICE.format(type_, runtime, ""))["service x"]["type"] == expected


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("{key: K, value: 3.10}", "3.10"),
        ("{key: K, value: off}", "off"),
        ("{key: K, value: 010}", "010"),
        ("{key: K, generateValue: true}", GENERATED),
        (
            "{key: K, fromDatabase: {name: db, property: host}}",
            "from database db host",
        ),
        (
            "{key: K, fromService: {type: web, name: api, envVarKey: TOKEN}}",
            "from web api TOKEN",
        ),
    ],
)
def test_a_value_reads_as_render_reads_it(variable: str, expected: str):
    found = resources(SERVICE.format("web", "docker", f", envVars: [{variable}]"))
    assert found["env-var x/K"] == {"value": expected}


def test_a_store_says_only_what_it_declares():
    assert resources("services: [{type: redis, name: q}]") == {"key-value q": {}}
    open_to = "ipAllowList: [{source: 2.0.0.0/8}, {source: 1.0.0.0/8}]"
    found = resources(f"services: [{{type: keyvalue, name: q, {open_to}}}]")
    assert found["key-value q"] == {"ip_allow_list": ["1.0.0.0/8", "2.0.0.0/8"]}


def test_scaling_without_a_target_is_off():
    scaling = ", scaling: {minInstances: 1, maxInstances: 3}"
    assert resources(SERVICE.format("web", "docker", scaling))["scaling x"] == {
        "enabled": False,
        "min": 1,
        "max": 3,
        "cpu": None,
        "memory": None,
    }


def test_without_a_blueprint_nothing_is_wanted():
    assert desired([], secret_of={}) == ()
    assert resources("") == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [("from keyvalue q host", True), ("from scratch", False), (3, False), ("x", False)],
)
def test_a_reference_is_known_by_its_form(value: object, expected: bool):  # noqa: FBT001
    assert is_reference(value) is expected
