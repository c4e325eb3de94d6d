"""keepwell apply, against stand-ins of every vendor, which keep state."""

import json
from pathlib import Path

import pytest

from keepwell.cli import main
from keepwell.rehearsal.simulators.base import Fault
from keepwell.rehearsal.simulators.github import FIRST
from keepwell.stackfile import load
from tests.commands.standing import STACK, VENDORS, Standing, stand
from tests.worlds import make_world

HOST = "api.livestreamsell.example"
SECRETS = set(load(STACK).stack.secrets)


@pytest.fixture
def fresh(tmp_path: Path):
    with stand(tmp_path) as standing:
        yield standing


def steps(said) -> list[str]:
    table = next(each for each in said.report["tables"] if each["title"] == "steps")
    return [row[0] for row in table["rows"]]


def outcomes(said) -> list[str]:
    table = next(each for each in said.report["tables"] if each["title"] == "steps")
    return [row[1] for row in table["rows"]]


def test_what_is_declared_reaches_every_vendor_and_a_second_plan_is_empty(fresh: Standing):
    said = fresh.apply()
    assert said.exit_code == 0, said.err
    assert said.messages("holds") == ["a second plan is empty"]
    assert set(outcomes(said)) == {"done"}
    again = fresh.apply()
    assert again.outputs["changes"] == "0"
    render = fresh.at.render.world.service("api")
    assert render.env_vars["DATABASE_URL"] == fresh.secrets["DATABASE_URL"]
    assert fresh.at.supabase.world.cidrs["dbAllowedCidrs"] == fresh.at.render.world.outbound


def test_a_host_is_proxied_only_after_render_has_verified_it(fresh: Standing):
    fresh.at.render.world.verify_after_s = 60.0
    said = fresh.apply()
    assert said.exit_code == 0, said.err
    order = steps(said)
    unproxied = next(i for i, each in enumerate(order) if "dns record" in each)
    proxied = next(i for i, each in enumerate(order) if each == "update dns record CNAME api")
    assert unproxied < proxied < len(order) - 1
    assert order[-1] == "update supabase network-restrictions database"
    assert fresh.at.render.world.service("api").domains[HOST].verified


def test_nothing_is_sent_without_a_yes(fresh: Standing):
    said = fresh.run("apply")
    assert said.exit_code == 2
    assert "nobody has said yes" in said.err
    assert not fresh.at.render.desk.journal


def test_the_agreed_plan_is_applied_and_no_other(fresh: Standing):
    planned = fresh.run("plan", "--allow-large")
    digest = planned.outputs["digest"]
    fresh.at.supabase.world.auth["jwt_exp"] = 60
    refused = fresh.run("apply", "--allow-large", "--expect-digest", digest)
    assert refused.exit_code == 1
    assert "digest" in refused.rules
    assert not fresh.at.cron_job_org.world.jobs
    fresh.at.supabase.world.auth["jwt_exp"] = 3600
    assert fresh.run("apply", "--allow-large", "--expect-digest", digest[:12]).exit_code == 0


def test_the_reviewed_plan_is_found_by_the_commit(fresh: Standing):
    planned = fresh.run("plan", "--only", "cron-job-org")
    github = fresh.at.github.world
    github.pulls["a" * 40] = [FIRST]
    github.statuses[FIRST] = [
        {"context": "keepwell/plan", "description": f"digest {planned.outputs['digest']}; x"}
    ]
    world = fresh.world(on_github=True)
    said = fresh.run("apply", "--only", "cron-job-org", "--reviewed", world=world)
    assert said.exit_code == 0
    assert len(fresh.at.cron_job_org.world.jobs) == 1


def test_a_commit_that_nobody_reviewed_is_refused(fresh: Standing):
    said = fresh.run("apply", "--reviewed", world=fresh.world(on_github=True))
    assert said.exit_code == 1
    assert "no plan was reviewed" in said.err


def test_a_missing_secret_stops_it_before_anything_is_sent(fresh: Standing):
    said = fresh.run(
        "apply", "--yes", "--allow-large", world=fresh.world(LLM_API_KEY="", HEALTH_TOKEN="")
    )
    assert said.exit_code == 2
    assert "not at hand: HEALTH_TOKEN, LLM_API_KEY; nothing of this plan was sent" in said.err
    for desk in fresh.at.desks.values():
        assert {each.query for each in desk.journal if each.method != "GET"} <= {"dry_run=true"}


def test_a_vendor_without_a_token_stops_it(fresh: Standing):
    said = fresh.run("apply", "--yes", "--allow-large", world=fresh.world(CRON_JOB_ORG_API_KEY=""))
    assert said.exit_code == 3
    assert not fresh.at.render.world.service("api").env_vars.get("DATABASE_URL")


def test_deleting_needs_a_yes_by_name(fresh: Standing):
    fresh.apply()
    marked = {"title": "keepwell:livestreamsell/gone", "url": "https://x.example", "enabled": True}
    fresh.at.cron_job_org.world.add(marked)
    said = fresh.run("apply", "--yes")
    assert said.exit_code == 1
    address = "cron-job-org job keepwell:livestreamsell/gone"
    assert said.messages("deletes") == [f"{address} would be deleted"]
    assert len(fresh.at.cron_job_org.world.jobs) == 2
    assert fresh.run("apply", "--yes", "--allow-delete", address).exit_code == 0
    assert len(fresh.at.cron_job_org.world.jobs) == 1


def test_what_keepwell_did_not_make_stays(fresh: Standing):
    foreign = {"title": "backup", "url": "https://x.example", "enabled": True}
    fresh.at.cron_job_org.world.add(foreign)
    fresh.at.render.world.service("api").env_vars["BY_HAND"] = "kept"
    assert fresh.apply().exit_code == 0
    assert fresh.at.cron_job_org.world.titled("backup")
    assert fresh.at.render.world.service("api").env_vars["BY_HAND"] == "kept"


def test_a_fault_in_the_middle_says_what_was_done_and_a_rerun_goes_on(fresh: Standing):
    fresh.at.render.desk.plan_fault(
        Fault(call="PUT /services/*/env-vars/*", what="status", status=500, nth=3, times=4)
    )
    said = fresh.apply()
    assert said.exit_code == 3
    assert outcomes(said).count("FAILED") == 1
    assert outcomes(said).count("not begun") > 3
    (journal,) = (fresh.folder / "journal").iterdir()
    events = [json.loads(line)["event"] for line in journal.read_text().splitlines()]
    assert events[-2:] == ["sending", "failed"]
    assert fresh.apply().exit_code == 0


@pytest.mark.parametrize("what", ["cut-after", "content-type", "status"])
def test_a_fault_at_the_first_put_to_each_vendor_is_survived(fresh: Standing, what):
    for desk in fresh.at.desks.values():
        desk.plan_fault(Fault(call="PUT /**", what=what, status=502))
    codes = [fresh.apply().exit_code for _ in range(len(fresh.at.desks) + 1)]
    assert [desk.unmet() for desk in fresh.at.desks.values()] == [[]] * len(fresh.at.desks)
    assert set(codes) <= {0, 3}
    assert codes[-1] == 0


def test_a_service_that_render_has_not_made_is_waited_for(tmp_path: Path):
    with stand(tmp_path, pushed=False) as standing:
        standing.at.render.desk.plan_fault(
            Fault(call="GET /services", what="hook-before", nth=3, hook=standing.push)
        )
        said = standing.apply()
        assert said.exit_code == 0, said.err
        assert "waits for Render's next sync" in said.err


def test_a_service_that_a_sync_dropped_is_named_in_time(tmp_path: Path):
    with stand(tmp_path, pushed=False) as standing:
        standing.at.render.world.drops.add("ai-worker")
        standing.push()
        said = standing.apply()
        assert said.exit_code == 3
        assert "ai-worker is not there 10 minutes after" in said.out


def test_what_does_not_hold_is_shown_and_is_a_no(fresh: Standing):
    desk = fresh.at.supabase.desk

    def undo() -> None:
        fresh.at.supabase.world.auth["jwt_exp"] = 60

    fresh.apply()
    fresh.at.supabase.world.auth["jwt_exp"] = 60
    desk.plan_fault(
        Fault(call="GET /v1/projects/*/config/auth", what="hook-before", times=999, hook=undo)
    )
    said = fresh.run("apply", "--yes", "--only", "supabase")
    assert said.exit_code == 1
    assert said.messages("holds") == ["not as declared after all: supabase auth config"]
    assert said.report["excerpts"][-1]["title"] == "still different"


def test_one_apply_at_a_time(fresh: Standing):
    github = fresh.at.github
    world = fresh.world(on_github=True)
    github.world.refs["keepwell/lock/livestreamsell-production"] = github.world.store(
        "tag", {"message": "run 6", "tagger": {"date": f"{fresh.clock.now():%Y-%m-%dT%H:%M:%SZ}"}}
    )
    said = fresh.run("apply", "--yes", "--allow-large", world=world)
    assert said.exit_code == 1
    assert "another apply of livestreamsell-production is under way: run 6" in said.err
    assert not fresh.at.render.desk.journal
    broken = fresh.run(
        "apply", "--yes", "--allow-large", "--break-lock", world=fresh.world(on_github=True)
    )
    assert broken.exit_code == 0
    assert list(github.world.refs) == ["heads/main"]


def test_without_a_repository_there_is_no_lock_and_that_is_said(fresh: Standing):
    assert "best effort" in fresh.apply().err


def test_the_documents_of_an_earlier_commit_are_the_undo(fresh: Standing, tmp_path: Path):
    earlier = tmp_path / "earlier"
    main(["generate", "--stack", str(STACK), "--output", str(earlier)], world=make_world())
    fresh.apply()
    later = tmp_path / "stack.yaml"
    text = STACK.read_text().replace("jwt_expiry_s: 3600", "jwt_expiry_s: 900")
    later.write_text(text)
    said = fresh.run("apply", "--yes", "--stack", str(later))
    assert said.exit_code == 0
    assert fresh.at.supabase.world.auth["jwt_exp"] == 900
    assert fresh.run("apply", "--yes", "--documents", str(earlier)).exit_code == 0
    assert fresh.at.supabase.world.auth["jwt_exp"] == 3600


def test_a_journal_that_cannot_be_written_stops_it_before_anything_is_sent(fresh: Standing):
    (fresh.folder / "journal").write_text("a file")
    said = fresh.apply()
    assert said.exit_code == 2
    assert "cannot write the journal" in said.err
    assert not fresh.at.cron_job_org.world.jobs


@pytest.mark.parametrize(
    ("only", "carried"),
    [
        (VENDORS, SECRETS),
        ("render", SECRETS - {"PROBE_TOKEN"}),
        ("cloudflare,cron-job-org", {"PROBE_TOKEN"}),
    ],
)
def test_no_secret_is_told_on_the_way(fresh: Standing, only: str, carried: set[str]):
    said = fresh.run("apply", "--yes", "--allow-large", "--only", only)
    assert said.exit_code == 0, said.err
    assert fresh.carried() == carried
    assert fresh.told(said.out + said.err + fresh.journal()) == set()


def test_a_secret_that_was_told_would_be_found(fresh: Standing):
    said = fresh.apply()
    fresh.secrets["META_APP_SECRET"] = "render env-var api/META_APP_SECRET"
    for text in (said.out, said.err, fresh.journal()):
        assert fresh.told(text) == {"META_APP_SECRET"}


def test_a_secret_in_what_is_told_is_blotted(fresh: Standing):
    fresh.secrets["META_APP_SECRET"] = "render env-var api/META_APP_SECRET"
    said = fresh.apply()
    assert said.exit_code == 0
    assert "create ***" in said.err
    assert "create ***" in steps(said)
    assert fresh.told(said.out + said.err) == set()
