import json
from pathlib import Path
from typing import Any

import pytest

from keepwell.decisions.desired_cloudflare import desired
from keepwell.errors import UsageError
from keepwell.model.document import Document

GENERATED = Path(__file__).parents[2] / "generated" / "cloudflare"
RULE: dict[str, Any] = {"ref": "keepwell-a", "expression": "true", "action": "block"}


def document(name: str, content: object) -> Document:
    return Document(path=f"cloudflare/{name}.json", text=json.dumps(content))


def firewall(*rules: dict[str, Any]) -> Document:
    return document("firewall", {"phase": "http_request_firewall_custom", "rules": rules})


def committed() -> list[Document]:
    return [
        Document(path=f"cloudflare/{path.name}", text=path.read_text(encoding="utf-8"))
        for path in sorted(GENERATED.glob("*.json"))
    ]


def test_the_committed_documents_become_rules_settings_and_bots_in_order() -> None:
    resources = desired(committed())
    assert [each.key for each in resources if each.kind == "rule"] == [
        "http_request_firewall_custom/keepwell-machine-paths",
        "http_request_firewall_custom/keepwell-path-probes",
        "http_request_firewall_custom/keepwell-library-agents",
        "http_ratelimit/keepwell-rate-limit-api",
    ]
    assert [each.kind for each in resources if each.kind != "rule"] == ["setting"] * 15 + ["bots"]
    assert resources[-1].fields == {
        "fight_mode": False,
        "enable_js": False,
        "ai_bots_protection": "block",
        "crawler_protection": "enabled",
        "is_robots_txt_managed": True,
    }


def test_a_rule_holds_its_place_its_defaults_and_its_secrets_by_reference() -> None:
    other = {"ref": "keepwell-b", "expression": 'http.host eq "secret://HOST"', "action": "skip"}
    parameters = {"ruleset": "current"}
    first, second = desired(
        [firewall({**RULE, "enabled": False}, other | {"action_parameters": parameters})]
    )
    assert first.fields == {
        "description": "",
        "expression": "true",
        "action": "block",
        "enabled": False,
        "position": 0,
    }
    assert second.address == "cloudflare rule http_request_firewall_custom/keepwell-b"
    assert second.fields == {
        "description": "",
        "expression": 'http.host eq "secret://HOST"',
        "action": "skip",
        "action_parameters": parameters,
        "enabled": True,
        "position": 1,
    }


def test_cloudflare_stops_choosing_ssl_before_ssl_is_set() -> None:
    settings = {"ssl": "strict", "ssl_automatic_mode": "custom", "brotli": "on"}
    resources = desired([document("settings", {"_generated": "x", "settings": settings})])
    assert [(each.key, each.fields) for each in resources] == [
        ("ssl_automatic_mode", {"value": "custom"}),
        ("ssl", {"value": "strict"}),
        ("brotli", {"value": "on"}),
    ]


@pytest.mark.parametrize(
    "rules",
    [[{**RULE, "ref": "mine"}], [RULE, RULE]],
    ids=["a ref that is not known again", "a ref that stands twice"],
)
def test_a_ref_that_does_not_tell_rules_apart_is_refused(rules: list[dict[str, Any]]) -> None:
    with pytest.raises(UsageError, match=r"cloudflare/firewall\.json"):
        desired([firewall(*rules)])


@pytest.mark.parametrize(
    "documents",
    [[], [Document(path="render.yaml", text="a: b")], [document("bots", {"_generated": "x"})]],
    ids=["nothing", "another vendor's", "no keys"],
)
def test_nothing_is_desired_of_documents_that_ask_for_nothing(documents: list[Document]) -> None:
    assert desired(documents) == ()
