"""What the templates decide: each row a small stack and what it must become."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from keepwell.errors import StackError
from keepwell.templating import FOLDERS, MARKER, generate
from tests.templating.stacks import small_stack


def texts(**changes: Any) -> dict[str, str]:
    return {document.path: document.text for document in generate(small_stack(**changes))}


def made(path: str, **changes: Any) -> Any:
    text = texts(**changes)[path]
    return json.loads(text) if path.endswith(".json") else yaml.safe_load(text)


def failure(**changes: Any) -> str:
    with pytest.raises(StackError) as caught:
        generate(small_stack(**changes))
    return caught.value.problems[0].message


ACME = 'not starts_with(http.request.uri.path, "/.well-known/acme-challenge/")'
HOOK = {"path": "/api/hook", "methods": ["POST"], "kind": "webhook", "service": "web", "sender": {"asn": 64500}}  # fmt: skip


def edge(**changes: Any) -> dict[str, Any]:
    return {"cloudflare": changes}


def firewall_rules(**changes: Any) -> dict[str, dict[str, Any]]:
    rules = made("cloudflare/firewall.json", **edge(**changes))["rules"]
    return {rule["ref"].removeprefix("keepwell-"): rule for rule in rules}


def test_only_what_the_stack_has_becomes_a_document():
    assert set(texts()) == {
        "render.yaml", "cloudflare/bots.json", "cloudflare/dns/small.example.yaml",
        "cloudflare/firewall.json", "cloudflare/rate_limits.json", "cloudflare/redirects.json",
        "cloudflare/settings.json", "supabase/config.toml",
    }  # fmt: skip
    more = texts(keep_alive={"cron_job_org": {}}, supabase={"vault": {"role": "keys"}})
    assert set(more) - set(texts()) == {"cron-job-org/jobs.json", "supabase/vault.sql"}
    assert {path.rpartition("/")[0] for path in more} == set(FOLDERS)


def test_an_override_cannot_take_the_header_away(tmp_path: Path):
    override = tmp_path / "cloudflare/bots.json.j2"
    override.parent.mkdir()
    override.write_text('{"enable_js": false, "_generated": ""}')
    [bots] = [
        document
        for document in generate(small_stack(), overrides=tmp_path)
        if document.path == "cloudflare/bots.json"
    ]
    assert bots.text.splitlines()[1].startswith(f'  "_generated": "{MARKER} from the stack small')


def test_a_firewall_has_no_rule_for_what_is_not_declared():
    assert firewall_rules() == {}


def test_machines_skip_first_and_narrowly_on_every_plan():
    free = firewall_rules(machine_paths=[HOOK], firewall={"blocked_path_parts": ["/.env"]})
    assert list(free) == ["machine-paths", "path-probes"]
    rule = free["machine-paths"]
    assert rule["expression"] == (
        '(http.request.uri.path eq "/api/hook" and http.request.method in { "POST" }'
        " and ip.src.asnum eq 64500)"
    )
    assert rule["action"] == "skip"
    phases = ["http_ratelimit", "http_request_firewall_managed"]
    assert rule["action_parameters"]["phases"] == phases
    pro = firewall_rules(machine_paths=[HOOK], plan="pro")["machine-paths"]
    assert pro["action_parameters"]["phases"] == [*phases, "http_request_sbfm"]


def test_a_sender_is_known_by_a_secret_header_that_stays_a_reference():
    sender = {"header": "x-probe", "secret": "PROBE"}
    rule = firewall_rules(machine_paths=[HOOK | {"sender": sender}])["machine-paths"]
    assert 'any(http.request.headers["x-probe"][*] eq "secret://PROBE")' in rule["expression"]


def test_certificates_can_always_be_issued():
    rules = firewall_rules(firewall={"blocked_path_parts": ["/."], "blocked_agents": ["curl/"]})
    assert all(rule["expression"].startswith(ACME) for rule in rules.values())
    redirect = {"from_host": "small.example", "to_host": "www.small.example"}
    [rule] = made("cloudflare/redirects.json", **edge(redirects=[redirect]))["rules"]
    assert ACME in rule["expression"]


def test_agents_are_challenged_on_pages_and_neither_on_apis_nor_on_paths_of_machines():
    firewall = {"api_prefixes": ["/api/"], "blocked_agents": ["Curl/"]}
    rule = firewall_rules(firewall=firewall, machine_paths=[HOOK])["library-agents"]
    assert rule["action"] == "managed_challenge"
    assert rule["expression"] == (
        f'{ACME} and not starts_with(http.request.uri.path, "/api/")'
        ' and not http.request.uri.path in { "/api/hook" }'
        ' and (not any(lower(http.request.headers.names[*])[*] eq "user-agent")'
        ' or lower(http.user_agent) contains "curl/")'
    )


def test_an_expression_that_is_too_long_fails_instead_of_being_refused_by_cloudflare():
    parts = [f"/probe-{number:04}" for number in range(100)]
    message = failure(**edge(firewall={"blocked_path_parts": parts}))
    assert "Cloudflare takes 4096" in message


@pytest.mark.parametrize(
    ("plan", "action", "timeout_s"),
    [
        ("free", "block", 10),
        ("pro", "managed_challenge", 0),
        ("enterprise", "managed_challenge", 10),
    ],
)
def test_a_challenge_below_enterprise_has_no_timeout(plan: str, action: str, timeout_s: int):
    limit = {"path_prefix": "/login", "requests": 5, "action": action}
    [rule] = made("cloudflare/rate_limits.json", **edge(plan=plan, rate_limits={"login": limit}))["rules"]  # fmt: skip
    assert rule["ratelimit"]["mitigation_timeout"] == timeout_s
    assert rule["ratelimit"]["characteristics"] == ["cf.colo.id", "ip.src"]


@pytest.mark.parametrize(("prefix", "is_left_out"), [("/", True), ("/api/", True), ("/b", False)])
def test_a_rate_limit_leaves_out_the_paths_of_machines(prefix: str, is_left_out: bool):  # noqa: FBT001
    limits = {"all": {"path_prefix": prefix, "requests": 5}}
    [rule] = made("cloudflare/rate_limits.json", **edge(rate_limits=limits, machine_paths=[HOOK]))["rules"]  # fmt: skip
    assert ('not http.request.uri.path eq "/api/hook"' in rule["expression"]) is is_left_out


@pytest.mark.parametrize(
    ("plan", "keys"),
    [
        ("free", {"fight_mode"}),
        ("pro", {"sbfm_definitely_automated"}),
        ("business", {"sbfm_definitely_automated", "sbfm_likely_automated"}),
    ],
)
def test_bots_have_the_keys_of_their_plan(plan: str, keys: set[str]):
    either = {"fight_mode", "sbfm_definitely_automated", "sbfm_likely_automated"}
    bots = made("cloudflare/bots.json", **edge(plan=plan, bots={"fight_mode": True}))
    assert set(bots) & either == keys
    assert all(bots[key] in {True, "managed_challenge"} for key in keys)


@pytest.mark.parametrize("every", [1, 2, 5, 7, 15, 60])
def test_pings_never_lie_further_apart_than_declared(every: int):
    watch = {"every_minutes": every, "cron_job_org": {}}
    [job] = made("cron-job-org/jobs.json", keep_alive=watch)["jobs"]
    minutes = job["schedule"]["minutes"]
    gaps = [later - earlier for earlier, later in zip(minutes, [*minutes[1:], minutes[0] + 60], strict=True)]  # fmt: skip
    assert max(gaps) == every
    assert all(0 <= minute < 60 for minute in minutes)


@pytest.mark.parametrize("every", [5, 7, 30])
def test_two_jobs_of_a_target_take_turns(every: int):
    (alone,) = made(
        "cron-job-org/jobs.json", keep_alive={"every_minutes": every, "cron_job_org": {}}
    )["jobs"]
    watch = {"every_minutes": every, "cron_job_org": {"jobs_per_target": 2}}
    first, second = made("cron-job-org/jobs.json", keep_alive=watch)["jobs"]
    turns = [first["schedule"]["minutes"], second["schedule"]["minutes"]]
    assert sorted(turns[0] + turns[1]) == alone["schedule"]["minutes"]
    assert len(turns[0]) - len(turns[1]) in (0, 1)
    assert (first["title"], second["title"]) == (alone["title"], f"{alone['title']} (2)")


def test_one_ping_an_hour_is_no_turn_to_take():
    watch = {"every_minutes": 60, "cron_job_org": {"jobs_per_target": 2}}
    assert len(made("cron-job-org/jobs.json", keep_alive=watch)["jobs"]) == 1


def test_a_job_holds_no_bearer_token_and_headers_by_reference():
    target = {"url": "https://small.example/health", "bearer": "TOKEN", "headers": {"x-a": "PROBE"}}
    watch = {"targets": {"web": target}, "cron_job_org": {}}
    [job] = made("cron-job-org/jobs.json", keep_alive=watch)["jobs"]
    assert job["extendedData"] == {"headers": {"x-a": "secret://PROBE"}, "body": ""}
    assert job["enabled"] is True
    assert "TOKEN" not in json.dumps(job)


def test_a_group_refuses_what_render_would_silently_ignore():
    groups = {"shared": {"KEY": {"secret": "KEY"}}}
    assert "the env group shared can hold values only" in failure(render={"env_groups": groups})


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"health_check_path": "/livez"}, "no healthCheckPath for a cron job"),
        ({"instances": 2}, "no numInstances for a cron job"),
        ({"domains": ["a.small.example"]}, "no domains for a cron job"),
        ({"ip_allow_list": []}, "no ipAllowList for a cron job"),
        ({"schedule": None}, "a cron job needs one"),
        ({"type": "web"}, "a schedule goes with a cron job"),
    ],
)
def test_what_renders_schema_refuses_is_refused_here(extra: dict[str, Any], message: str):
    job = {"type": "cron", "runtime": "docker", "plan": "starter", "schedule": "7 3 * * *"}
    assert message in failure(render={"services": {"job": job | extra}})


def test_plans_have_the_names_of_the_blueprint():
    services = {"web": {"type": "web", "runtime": "docker", "plan": "pro_plus"}}
    [service] = made("render.yaml", render={"services": services})["services"]
    assert service["plan"] == "pro plus"


def test_names_carry_the_environment_outside_production():
    services = {
        "web": {"env_groups": ["all"], "env": {"URL": {"key_value": "q", "property": "host"}}}
    }
    queue = {"q": {"plan": "starter", "eviction": "noeviction"}}
    compute = {"services": services, "key_values": queue, "env_groups": {"all": {"A": "b"}}}
    blueprint = made("render.yaml", environment="staging", render=compute)
    web, store = blueprint["services"]
    assert (web["name"], store["name"]) == ("web-staging", "q-staging")
    assert web["envVars"][0] == {"fromGroup": "all-staging"}
    assert web["envVars"][1]["fromService"]["name"] == "q-staging"
    assert blueprint["envVarGroups"][0]["name"] == "all-staging"


@pytest.mark.parametrize("role", ["postgres", "anon", "pg_monitor", "supabase_admin"])
def test_a_role_of_the_platform_is_never_touched(role: str):
    assert "belongs to Supabase" in failure(supabase={"vault": {"role": role}})


@pytest.mark.parametrize(
    ("restrictions", "expected"),
    [
        ({}, None),
        ({"cidrs": ["10.0.0.0/8", "2001:db8::/32"]}, (["10.0.0.0/8"], ["2001:db8::/32"])),
        ({"render_outbound": True}, ("env(DATABASE_ALLOWED_CIDRS)", [])),
    ],
)
def test_network_restrictions_appear_only_where_declared(restrictions: Any, expected: Any):
    database = {"network_restrictions": restrictions}
    text = texts(supabase={"database": database})["supabase/config.toml"]
    section = tomllib.loads(text)["db"].get("network_restrictions")
    found = section and (section["allowed_cidrs"], section["allowed_cidrs_v6"])
    assert found == expected
