"""What people get wrong, and what vendors refuse: the message, the next step, and the exit code."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from keepwell.rehearsal.simulators.base import Fault
from tests.commands.standing import Standing, stand

APPLY = ("apply", "--yes", "--allow-large")
PHASE = "http_request_firewall_custom"
SUPABASE = "/v1/projects/*"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Standing]:
    with stand(tmp_path) as standing:
        yield standing


def by_hand(number: int) -> dict[str, str]:
    return {
        "expression": f"ip.src eq 192.0.2.{number}",
        "action": "block",
        "description": f"by hand {number}",
    }


def writes(standing: Standing) -> list[str]:
    """What changed something: a dry run does not."""
    return [
        str(each)
        for desk in standing.at.desks.values()
        for each in desk.journal
        if each.method != "GET" and each.query != "dry_run=true"
    ]


@pytest.mark.parametrize(
    ("only", "permissions"), [("cloudflare", "Zone: Read"), ("dns", "Zone: Read and DNS: Edit")]
)
@pytest.mark.parametrize("command", [("plan",), APPLY])
def test_a_zone_that_the_token_does_not_reach(
    fresh: Standing, command: tuple[str, ...], only: str, permissions: str
):
    fresh.at.cloudflare.world.zone["name"] = "another.example"
    said = fresh.run(*command, "--only", only)
    assert (said.exit_code, writes(fresh)) == (3, [])
    assert "cloudflare shows this token no zone 'livestreamsell.example'" in said.err
    hint = f"check the zone's name in stack.yaml, and that CLOUDFLARE_API_TOKEN has {permissions}"
    assert f"hint:  {hint} for livestreamsell.example" in said.err


@pytest.mark.parametrize(
    ("vendor", "call", "needed"),
    [
        ("cloudflare", "GET /zones", "Zone: Read"),
        ("cloudflare", "GET /zones/*/settings", "Zone Settings: Read"),
        ("cloudflare", "GET /zones/*/bot_management", "Bot Management: Read"),
        ("cloudflare", f"GET /zones/*/rulesets/phases/{PHASE}/entrypoint", "Zone WAF: Read"),
        ("cloudflare", "GET /zones/*/dns_records", "DNS: Read"),
        ("supabase", f"GET {SUPABASE}/config/auth", "auth_config_read"),
        ("supabase", f"GET {SUPABASE}/ssl-enforcement", "database_ssl_config_read"),
        ("cron-job-org", "GET /jobs", "to be allowed from this address"),
        ("render", "GET /owners", "a member of the workspace"),
    ],
)
def test_a_permission_to_read_that_is_missing_is_named(
    fresh: Standing, vendor: str, call: str, needed: str
):
    desk = fresh.at.desks[vendor]
    desk.plan_fault(Fault(call=call, what="status", status=403, times=99))
    said = fresh.run("plan")
    assert desk.unmet() == []
    assert said.exit_code == 3
    assert "answered 403 to GET " in said.err
    (hint,) = [line for line in said.err.splitlines() if line.startswith("hint:")]
    assert f"needs {needed}" in hint


@pytest.mark.parametrize(
    ("only", "call", "needed"),
    [
        ("cloudflare", "PATCH /zones/*/settings/*", "Zone Settings: Edit"),
        ("cloudflare", "PUT /zones/*/bot_management", "Bot Management: Edit"),
        ("dns,render", "POST /zones/*/dns_records", "DNS: Edit"),
        ("supabase", f"PATCH {SUPABASE}/config/auth", "auth_config_write"),
        ("cron-job-org", "PUT /jobs", "to be allowed from this address"),
        ("render", "PUT /services/*/env-vars/*", "a developer or an admin of the workspace"),
    ],
)
def test_a_permission_to_write_that_is_missing_is_named_and_a_rerun_goes_on(
    fresh: Standing, only: str, call: str, needed: str
):
    desk = fresh.at.desks[only.replace("dns,render", "cloudflare")]
    desk.plan_fault(Fault(call=call, what="status", status=403, times=99))
    said = fresh.run(*APPLY, "--only", only)
    assert desk.unmet() == []
    assert said.exit_code == 3
    (step,) = said.findings("step")
    assert "answered 403 to " in step["message"]
    assert f"needs {needed}" in step["hint"]
    assert "then run apply again: it goes on from there" in step["hint"]
    desk.clear_faults()
    assert fresh.run(*APPLY, "--only", only).exit_code == 0


def test_a_ruleset_at_its_plans_limit(fresh: Standing):
    world = fresh.at.cloudflare.world
    foreign = [by_hand(number) for number in range(1, 6)]
    world.put_rules(PHASE, foreign)
    for command in (("plan", "--allow-large"), APPLY):
        said = fresh.run(*command, "--only", "cloudflare")
        assert said.exit_code == 1
        (found,) = said.findings("rules-of-plan")
        assert found["message"] == (
            f"{PHASE}: 3 of ours and 5 that keepwell did not make"
            " are more than the 5 rules that the plan free takes"
        )
        assert found["hint"] == (
            "delete a rule that nobody needs in Cloudflare's dashboard, declare fewer,"
            " or take a larger plan"
        )
    assert writes(fresh) == []
    world.put_rules(PHASE, foreign[:2])
    assert fresh.run(*APPLY, "--only", "cloudflare").exit_code == 0


def test_rules_that_keepwell_did_not_make_are_kept(fresh: Standing):
    world = fresh.at.cloudflare.world
    world.put_rules(PHASE, [by_hand(1), by_hand(2)])
    before = {rule["id"]: dict(rule) for rule in world.rules(PHASE)}
    assert fresh.run(*APPLY, "--only", "cloudflare").exit_code == 0
    after = {rule["id"]: rule for rule in world.rules(PHASE)}
    assert len(after) == 5
    for number, rule in before.items():
        for name in ("expression", "action", "description"):
            assert after[number][name] == rule[name]
    assert fresh.run("plan", "--detect-drift", "--only", "cloudflare").exit_code == 0


def fill(standing: Standing, *, until: int) -> None:
    """Adds records by hand until so many are there."""
    world = standing.at.cloudflare.world
    for number in range(len(world.records.by_id), until):
        world.add_record("A", f"h{number}.livestreamsell.example", "192.0.2.7", ttl=300)


@pytest.mark.slow
def test_a_zone_with_3500_records_is_read_whole_and_loses_none(fresh: Standing):
    world = fresh.at.cloudflare.world
    world.set_plan("pro")
    fill(fresh, until=3_480)
    assert fresh.run(*APPLY, "--only", "dns,render").exit_code == 0
    ours = len(world.records.by_id) - 3_480
    assert ours > 0
    fill(fresh, until=3_500)
    said = fresh.run("plan", "--detect-drift", "--only", "dns")
    assert said.exit_code == 0
    (found,) = said.messages("foreign-records")
    assert found.startswith(f"{3_500 - ours} record sets are not keepwell's and stay as they are")


@pytest.mark.slow
def test_a_zone_that_is_full_takes_no_record_and_loses_none(fresh: Standing):
    world = fresh.at.cloudflare.world
    world.set_plan("pro")
    fill(fresh, until=3_500)
    before = dict(world.records.by_id)
    said = fresh.run(*APPLY, "--only", "dns,render")
    assert said.exit_code == 3
    (step,) = said.findings("step")
    assert "cloudflare answered 400 to POST " in step["message"]
    assert "81045 Record quota exceeded" in step["message"]
    assert step["hint"].startswith("delete records that nobody needs, or take a larger plan")
    assert world.records.by_id == before


def test_a_project_that_is_paused_is_told_woken_and_then_configured(fresh: Standing):
    fresh.at.supabase.world.pause()
    planned = fresh.run("plan", "--only", "supabase")
    assert planned.exit_code == 0
    (found,) = planned.findings("project-awake")
    assert found["message"] == (
        "the project is paused; what it holds cannot be read until it is awake"
    )
    assert found["hint"] == "run apply, which wakes it first; then plan again"
    said = fresh.run(*APPLY, "--only", "supabase")
    assert said.exit_code == 0, said.err
    assert said.messages("holds") == ["a second plan is empty"]
    assert fresh.at.supabase.world.status == "ACTIVE_HEALTHY"


@pytest.mark.slow
def test_a_project_that_does_not_wake_is_told_with_the_next_step(fresh: Standing):
    fresh.at.supabase.world.bounces = True
    fresh.at.supabase.world.pause()
    said = fresh.run(*APPLY, "--only", "supabase")
    assert said.exit_code == 3
    (step,) = said.findings("step")
    assert "is INACTIVE after 15 minutes" in step["message"]
    assert "look at the project's page" in step["hint"]


def test_a_service_that_is_suspended_is_told_and_not_resumed(fresh: Standing):
    fresh.at.render.world.suspend("api")
    for command in (("plan", "--allow-large"), APPLY):
        said = fresh.run(*command, "--only", "render")
        assert said.exit_code == 0
        assert said.report["status"] == "warn"
        (found,) = said.findings("service-runs")
        assert found["message"] == "api is suspended, by: billing"
        assert found["hint"] == (
            "pay the bill if it was billing, then resume it in Render's dashboard"
        )
    assert fresh.at.render.world.service("api").suspenders == ["billing"]


def test_a_job_that_was_switched_off_for_its_failures_is_told_and_switched_on(fresh: Standing):
    only = ("--only", "cron-job-org")
    assert fresh.run(*APPLY, *only).exit_code == 0
    world = fresh.at.cron_job_org.world
    (job_id,) = world.jobs
    for _ in range(16):
        world.run(job_id, status=4)
    assert not world.jobs[job_id]["enabled"]
    said = fresh.run("plan", "--detect-drift", *only)
    assert said.exit_code == 1
    (found,) = said.findings("job-disabled")
    assert found["message"].endswith("is switched off; its last execution failed: an HTTP error")
    assert found["hint"] == "mend what it calls, then apply: that switches it on"
    assert fresh.run("apply", "--yes", *only).exit_code == 0
    assert world.jobs[job_id]["enabled"]


PAGES = {
    "RENDER_API_KEY": "dashboard.render.com",
    "CLOUDFLARE_API_TOKEN": "dash.cloudflare.com",
    "SUPABASE_ACCESS_TOKEN": "supabase.com/dashboard",
    "CRON_JOB_ORG_API_KEY": "console.cron-job.org",
}


@pytest.mark.parametrize(
    ("only", "token"),
    [*zip(("render", "cloudflare", "supabase", "cron-job-org"), PAGES, strict=True)],
)
@pytest.mark.parametrize("command", [("plan",), APPLY, ("observe",)])
def test_a_token_that_has_expired(fresh: Standing, command: tuple[str, ...], only: str, token: str):
    world = fresh.world(on_github=False, **{token: "an-expired-token"})
    said = fresh.run(*command, "--only", only, world=world)
    assert (said.exit_code, writes(fresh)) == (3, [])
    assert " answered 401 to GET /" in said.err
    hint = f"{token} is wrong or has expired; make a new one at https://{PAGES[token]}"
    assert f"hint:  {hint}" in said.err
    assert "an-expired-token" not in said.out + said.err
