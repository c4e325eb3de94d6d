"""Holds what is generated for Cloudflare against its settings, fields and functions."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from octorules_wirefilter import parse_expression

from keepwell.stackfile import load
from keepwell.templating import generate
from tests.golden.cases import CASES, Case

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
Official = Callable[[str], Any]


def document(case: Case, name: str) -> dict[str, Any]:
    documents = generate(load(case.stack, environment=case.environment).stack)
    [text] = [found.text for found in documents if found.path == f"cloudflare/{name}.json"]
    content: dict[str, Any] = json.loads(text)
    return content


@every_case
def test_settings_exist_and_have_values_that_cloudflare_takes(case: Case, official: Official):
    known = {
        setting["id"]: setting for setting in official("cloudflare/zone_settings.json")["settings"]
    }
    for name, value in document(case, "settings")["settings"].items():
        allowed = known[name]["values"]
        assert known[name]["plans"].startswith("all"), f"{name} is not for every plan"
        if isinstance(allowed, list):
            assert value in allowed
        else:
            assert {key: set(part) for key, part in value.items()} == {
                key: set(part) for key, part in allowed.items()
            }


@every_case
def test_bot_settings_exist_on_the_plan(case: Case, official: Official):
    known = official("cloudflare/zone_settings.json")["bot_management"]
    plan = load(case.stack, environment=case.environment).stack.cloudflare.plan
    paid = {} if plan == "free" else known["pro_adds"]
    allowed = known["free"] | paid
    for name, value in document(case, "bots").items():
        if name != "_generated":
            values = allowed[name]
            assert isinstance(value, bool) if values == "bool" else value in values


@every_case
def test_expressions_use_documented_functions_and_fields_of_every_plan(
    case: Case, official: Official
):
    fields = {
        field["name"]
        for field in official("cloudflare/fields.json")["fields"]
        if field["plan"] is None
    }
    functions = {
        function["name"] for function in official("cloudflare/functions.json")["functions"]
    }
    for name in ("firewall", "rate_limits", "redirects"):
        for rule in document(case, name)["rules"]:
            parsed = parse_expression(rule["expression"])
            assert set(parsed["fields"]) <= fields
            assert set(parsed["functions"]) <= functions


@every_case
def test_rate_limits_of_the_free_plan_test_the_path_alone(case: Case):
    plan = load(case.stack, environment=case.environment).stack.cloudflare.plan
    rules = document(case, "rate_limits")["rules"]
    if plan == "free":
        assert len(rules) <= 1
        for rule in rules:
            assert set(parse_expression(rule["expression"])["fields"]) == {"http.request.uri.path"}
