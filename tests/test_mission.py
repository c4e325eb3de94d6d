"""The mission, sentence by sentence, each shown on the real stack.yaml and what is made of it."""

import itertools
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from keepwell.decisions.police import judge_documents, judge_stack
from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding, Status
from keepwell.stackfile import load
from keepwell.templating import generate

ROOT = Path(__file__).parents[1]
STACK = load(ROOT / "stack.yaml").stack
DOCUMENTS = generate(STACK)
TEXTS = {document.path: document.text for document in DOCUMENTS}
BLUEPRINT = yaml.safe_load(TEXTS["render.yaml"])


def service(name: str) -> dict[str, Any]:
    return next(found for found in BLUEPRINT["services"] if found["name"] == name)


def edge(name: str) -> Any:
    return json.loads(TEXTS[f"cloudflare/{name}.json"])


def findings(rule: str) -> list[Finding]:
    both = [*judge_stack(STACK), *judge_documents(DOCUMENTS)]
    return [finding for finding in both if finding.rule == rule]


def with_change(change: dict[str, Any]) -> Stack:
    def merge(base: Any, over: Any) -> Any:
        if isinstance(base, dict) and isinstance(over, dict):
            return base | {key: merge(base.get(key), value) for key, value in over.items()}
        return over

    return Stack.model_validate(merge(STACK.model_dump(exclude_unset=True), change))


def statuses(stack: Stack, rule: str) -> set[Status]:
    return {finding.status for finding in judge_stack(stack) if finding.rule == rule}


def test_compute_is_a_web_service_with_autoscaling_from_1_to_10_by_cpu():
    api = service("api")
    assert api["type"] == "web"
    assert api["scaling"] == {"minInstances": 1, "maxInstances": 10, "targetCPUPercent": 60}


def test_background_workers_stand_on_instances_of_their_own():
    worker = service("ai-worker")
    assert worker["type"] == "worker"
    assert service("api")["name"] != worker["name"]


def test_a_worker_of_the_stack_gives_the_ai_worker_as_many_instances_as_its_queue_asks_for():
    assert "keepwell scale --watch" in service("scaler")["dockerCommand"]
    assert "numInstances" not in service("ai-worker")  # a sync would take it back
    by_queue = STACK.render.services["ai-worker"].scale_by_queue
    assert by_queue is not None
    assert 1 <= by_queue.min < by_queue.max


def test_llm_latency_cannot_block_the_intake_of_webhooks():
    assert {finding.status for finding in findings("worker_isolation")} == {Status.PASS}
    leaking = with_change(
        {"render": {"services": {"api": {"env": {"LLM_API_KEY": {"secret": "LLM_API_KEY"}}}}}}
    )
    assert Status.FAIL in statuses(leaking, "worker_isolation")
    queue = next(found for found in BLUEPRINT["services"] if found["type"] == "keyvalue")
    assert queue["maxmemoryPolicy"] == "noeviction"


def test_the_backend_is_postgres_auth_and_edge_functions_on_supabase():
    config = tomllib.loads(TEXTS["supabase/config.toml"])
    assert config["db"]["major_version"] == 17
    assert config["auth"]["site_url"].startswith("https://")
    assert list(config["functions"]) == ["customer-keys"]


def test_both_stand_in_one_region_us_east_1():
    assert STACK.region == STACK.supabase.region == "us-east-1"
    regions = {found["region"] for found in BLUEPRINT["services"] if "region" in found}
    assert regions == {"virginia"}
    assert {finding.status for finding in findings("regions")} == {Status.PASS}
    assert Status.FAIL in statuses(with_change({"render": {"region": "oregon"}}), "regions")


def test_the_network_between_them_has_a_budget_of_10_ms():
    assert STACK.network.budget_ms == 10
    target = STACK.keep_alive.targets[STACK.verify.target]
    assert target.budgets.components_ms["postgres"] <= 10


def test_the_edge_is_dns_cdn_and_waf_on_cloudflare():
    zone = yaml.safe_load(TEXTS[f"cloudflare/dns/{STACK.cloudflare.zone}.yaml"])
    assert zone["api"]["type"] == "CNAME"
    assert zone["api"]["octodns"]["cloudflare"]["proxied"] is True
    assert edge("firewall")["rules"]


def test_firewall_rules_stand_against_ddos_and_scraping():
    actions = [rule["action"] for rule in edge("firewall")["rules"]]
    assert actions[0] == "skip"
    assert "block" in actions
    assert "managed_challenge" in actions
    assert len(edge("rate_limits")["rules"]) == 1
    assert edge("bots")["ai_bots_protection"] == "block"
    assert len(actions) <= 5


def test_health_is_pinged_every_5_minutes_by_cron_job_org_and_github_actions():
    [job] = json.loads(TEXTS["cron-job-org/jobs.json"])["jobs"]
    minutes = sorted(job["schedule"]["minutes"])
    assert job["url"].endswith("/health")
    assert {later - earlier for earlier, later in itertools.pairwise(minutes)} == {5}
    assert len(minutes) == 12
    workflow = yaml.load(  # YAML 1.2 would not need this: PyYAML reads `on` as true
        (ROOT / ".github/workflows/keep-alive.yml").read_text(), Loader=yaml.BaseLoader
    )
    assert STACK.keep_alive.github_actions is not None
    assert [entry["cron"] for entry in workflow["on"]["schedule"]] == [
        STACK.keep_alive.github_actions.schedule
    ]


def test_render_asks_the_path_that_no_shared_fault_fails_and_probes_ask_the_deep_one():
    assert service("api")["healthCheckPath"] == "/readyz"
    assert all(target.url.endswith("/health") for target in STACK.keep_alive.targets.values())
    assert {finding.status for finding in findings("health_check_path")} == {Status.PASS}


def test_secrets_live_in_renders_environment_and_in_the_vault_by_name_only():
    secrets = [entry["key"] for entry in service("ai-worker")["envVars"] if "sync" in entry]
    assert secrets == ["DATABASE_URL", "LLM_API_KEY"]
    assert {finding.status for finding in findings("secrets")} == {Status.PASS}
    literal = with_change({"render": {"services": {"api": {"env": {"META_APP_SECRET": {
        "secret": None, "value": "3f786850e387550fdab836ed7e6dc881de23001b"}}}}}})  # fmt: skip
    assert Status.FAIL in statuses(literal, "secrets")
    assert "vault.update_secret" in TEXTS["supabase/vault.sql"]


def test_tls_is_forced_from_end_to_end():
    settings = edge("settings")["settings"]
    assert settings["ssl"] == "strict"
    assert settings["always_use_https"] == "on"
    assert settings["min_tls_version"] == "1.2"
    assert STACK.supabase.database.tls == "verify-full"
    config = tomllib.loads(TEXTS["supabase/config.toml"])
    assert config["db"]["ssl_enforcement"]["enabled"] is True
    legs = findings("tls_legs")
    assert Status.FAIL not in {finding.status for finding in legs}
    [stated] = [finding for finding in legs if finding.status is Status.WARN]
    assert "redis" in stated.message.lower() or "key value" in stated.message.lower()


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_nothing_in_the_stack_fails_a_policy(environment: str):
    stack = load(ROOT / "stack.yaml", environment=environment).stack
    both = [*judge_stack(stack), *judge_documents(generate(stack))]
    assert [finding for finding in both if finding.status > Status.WARN] == []
