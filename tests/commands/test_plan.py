"""keepwell plan, against stand-ins of every vendor."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from keepwell.cli import main
from keepwell.rehearsal.simulators.base import Fault
from keepwell.rehearsal.simulators.github import FIRST
from keepwell.runner import Runner
from tests.commands.standing import STACK, VENDORS, Standing, stand
from tests.worlds import err, make_world, out

HEAD = "a" * 40


@pytest.fixture
def fresh(tmp_path: Path):
    with stand(tmp_path) as standing:
        yield standing


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory):
    """As declared; tests leave it so."""
    with stand(tmp_path_factory.mktemp("applied")) as standing:
        assert standing.apply().exit_code == 0
        yield standing


def test_a_plan_shows_what_would_change_and_changes_nothing(fresh: Standing):
    before = {name: len(desk.journal) for name, desk in fresh.at.desks.items()}
    said = fresh.run("plan", "--allow-large")
    assert said.exit_code == 0
    assert int(said.outputs["changes"]) > 15
    assert said.outputs["deletes"] == "0"
    for name, desk in fresh.at.desks.items():
        asked = {(each.method, each.query) for each in desk.journal[before[name] :]}
        writes = {each for each in asked if each[0] != "GET"}
        assert writes <= {("PUT", "dry_run=true")}, name
    assert not fresh.at.cloudflare.world.rulesets.by_phase


def test_what_is_as_declared_is_one_line(applied: Standing):
    world = applied.world()
    assert main(["plan", "--stack", str(STACK), "--only", VENDORS], world=world) == 0
    assert re.fullmatch(
        r"PASS: no changes: as declared are render \(\d+ calls.*\), .*; digest [0-9a-f]{12}\n",
        out(world),
    )


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_no_secret_is_shown_anywhere(fresh: Standing, form: str):
    line = ["plan", "--stack", str(STACK), "--only", VENDORS, "--allow-large", "--format", form]
    fresh.at.render.world.service("api").env_vars |= fresh.secrets
    world = fresh.world()
    assert main(line, world=world) == 0
    assert fresh.carried() == set(fresh.secrets)
    assert fresh.told(out(world) + err(world)) == set()
    fresh.secrets["LLM_API_KEY"] = "pool_mode"
    assert fresh.told(out(world)) == {"LLM_API_KEY"}, "one that was shown would be found"


def test_two_plans_of_the_same_world_have_the_same_digest(fresh: Standing):
    first, second = (fresh.run("plan", "--allow-large") for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{40}", first.outputs["digest"])
    assert first.outputs["digest"] == second.outputs["digest"]


def test_what_somebody_changed_by_hand_is_drift(fresh: Standing):
    fresh.apply()
    assert fresh.run("plan", "--detect-drift").exit_code == 0
    fresh.at.render.world.service("api").env_vars["META_APP_SECRET"] = "another"
    fresh.at.supabase.world.auth["jwt_exp"] = 60
    said = fresh.run("plan", "--detect-drift")
    assert said.exit_code == 1
    assert said.messages("drift") == [
        "not as declared: supabase auth config, render env-var api/META_APP_SECRET"
    ]
    assert "another" not in said.out.replace("another value, not shown", "")


def test_a_vendor_alone_can_be_planned(fresh: Standing):
    said = fresh.run("plan", "--only", "cron-job-org")
    assert said.outputs["changes"] == "1"
    assert not fresh.at.render.desk.journal


@pytest.mark.parametrize("only", ["nobody", "render,nobody"])
def test_a_vendor_that_is_none_is_a_usage_error(fresh: Standing, only: str):
    said = fresh.run("plan", "--only", only)
    assert said.exit_code == 2
    assert "'nobody' is no vendor" in said.err


def test_without_a_token_a_vendor_is_not_asked_and_that_is_no_pass(fresh: Standing):
    said = fresh.run("plan", "--allow-large", world=fresh.world(RENDER_API_KEY=""))
    assert said.exit_code == 3
    assert said.messages("token") == ["render was not asked: RENDER_API_KEY is not set"]


def test_a_wrong_token_says_where_a_new_one_is_made(fresh: Standing):
    said = fresh.run("plan", world=fresh.world(RENDER_API_KEY="rnd_wrong"))
    assert said.exit_code == 3
    assert "render answered 401" in said.err
    assert "RENDER_API_KEY is wrong or has expired" in said.err
    assert "rnd_wrong" not in said.err


def test_a_vendor_that_does_not_answer_is_no_pass(fresh: Standing):
    fresh.at.supabase.desk.plan_fault(Fault(what="status", status=500, times=99))
    said = fresh.run("plan")
    assert said.exit_code == 3
    assert "supabase answered 500" in said.err


def test_an_address_that_is_not_this_machine_gets_no_token():
    environ = {"RENDER_API_KEY": "x", "KEEPWELL_RENDER_URL": "https://evil.example"}
    world = make_world(environ=environ)
    assert main(["plan", "--stack", str(STACK), "--only", "render"], world=world) == 2
    assert "is not this machine" in err(world)


def test_a_suspended_service_is_told(fresh: Standing):
    fresh.at.render.world.suspend("api")
    said = fresh.run("plan", "--allow-large")
    assert said.messages("service-runs") == ["api is suspended, by: billing"]


def test_a_paused_project_is_woken_before_anything_else(fresh: Standing):
    fresh.at.supabase.world.pause()
    said = fresh.run("plan", "--only", "supabase")
    assert said.exit_code == 0
    assert said.outputs["changes"] == "1"
    assert "project-awake" in said.rules


def test_a_job_that_was_switched_off_is_told_and_switched_on(fresh: Standing):
    fresh.apply()
    (job_id,) = fresh.at.cron_job_org.world.jobs
    for _ in range(16):
        fresh.at.cron_job_org.world.run(job_id, status=4)
    said = fresh.run("plan", "--only", "cron-job-org")
    assert said.outputs["updates"] == "1"
    assert "job-disabled" in said.rules


def test_an_observation_gives_the_same_plan_without_a_token(fresh: Standing, tmp_path: Path):
    observed = str(tmp_path / "observation.json")
    assert fresh.run("observe", "--output", observed).exit_code == 0
    live = fresh.run("plan", "--allow-large")
    told = fresh.run(
        "plan", "--allow-large", "--observed", observed, world=make_world(clock=fresh.clock)
    )
    assert told.outputs["digest"] == live.outputs["digest"]
    path = Path(observed)
    content = json.loads(path.read_text())
    for each in content["observations"]:
        each["taken_at"] = (fresh.clock.now() - timedelta(days=3)).isoformat()
    path.write_text(json.dumps(content))
    late = fresh.run("plan", "--allow-large", "--observed", observed)
    assert late.exit_code == 3
    assert "observed 3 days ago" in late.messages("age")


def test_documents_of_another_time_can_be_planned(applied: Standing, tmp_path: Path):
    folder = tmp_path / "generated"
    world = make_world()
    assert main(["generate", "--stack", str(STACK), "--output", str(folder)], world=world) == 0
    said = applied.run("plan", "--documents", str(folder))
    assert said.outputs["changes"] == "0"
    jobs = folder / "cron-job-org" / "jobs.json"
    jobs.write_text(jobs.read_text().replace('"requestTimeout": 30', '"requestTimeout": 20'))
    assert applied.run("plan", "--documents", str(folder)).outputs["updates"] == "1"


def test_a_folder_without_documents_is_a_usage_error(applied: Standing, tmp_path: Path):
    said = applied.run("plan", "--documents", str(tmp_path))
    assert said.exit_code == 2
    assert "holds no generated documents" in said.err


def test_drift_keeps_one_issue(fresh: Standing):
    github = fresh.at.github.world
    for _ in range(2):
        fresh.run("plan", "--allow-large", "--issue", world=fresh.world(on_github=True))
    (issue,) = github.issues
    assert issue["state"] == "open"
    assert "keepwell plan" in issue["body"]
    assert not [value for value in fresh.secrets.values() if value in issue["body"]]
    fresh.apply()
    fresh.run("plan", "--issue", world=fresh.world(on_github=True))
    assert issue["state"] == "closed"


def test_an_issue_needs_a_repository(fresh: Standing):
    said = fresh.run("plan", "--issue", "--only", "cron-job-org")
    assert said.exit_code == 2
    assert "--issue needs a GitHub repository" in said.err


def test_the_digest_is_left_at_the_head_of_the_pull_request(fresh: Standing, tmp_path: Path):
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"head": {"sha": HEAD}}}))
    environ = {
        **fresh.at.environ,
        **fresh.at.on_github,
        "GITHUB_SHA": FIRST,
        "GITHUB_EVENT_PATH": str(event),
    }
    world = make_world(environ=environ, clock=fresh.clock, runner=Runner.from_environment(environ))
    said = fresh.run("plan", "--only", "cron-job-org", "--status", world=world)
    (status,) = fresh.at.github.world.statuses[HEAD]
    assert status["context"] == "keepwell/plan"
    assert status["description"].startswith(f"digest {said.outputs['digest']}; changes: 1")


def test_a_token_that_may_leave_no_status_is_no_error(fresh: Standing):
    fresh.at.github.desk.plan_fault(Fault(call="POST /**", what="status", status=403, times=9))
    said = fresh.run(
        "plan", "--only", "cron-job-org", "--status", world=fresh.world(on_github=True)
    )
    assert said.exit_code == 0
    assert "the digest was not left" in said.err
