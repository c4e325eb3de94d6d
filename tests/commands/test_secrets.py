"""keepwell secrets check and push, against stand-ins of the vendors and a real Postgres.

Every run is searched for the values that it was given: `Stage.run` fails where one was told.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from keepwell.rehearsal.servers import Postgres
from keepwell.rehearsal.simulators.base import Fault, serve
from keepwell.rehearsal.simulators.github import GitHubSimulator
from tests.commands.secret_stage import VALUES, Stage, prepared_postgres, staged
from tests.databases import fetch

HERE = ("--only", "render,supabase,vault")
PUT = "PUT /services/*/env-vars/*"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with prepared_postgres() as server:
        yield server


@pytest.fixture
def stage(postgres: Postgres, tmp_path: Path) -> Iterator[Stage]:
    with staged(postgres, tmp_path, edge=True) as stage:
        yield stage


@pytest.fixture
def full(stage: Stage) -> Stage:
    """A stage where every secret is where it belongs."""
    assert stage.run("push", *HERE, **VALUES).code == 0
    return stage


def test_a_check_names_what_is_missing_where(stage: Stage):
    ran = stage.run("check", *HERE, **VALUES)
    assert ran.code == 1
    assert "FAIL: places: 9 missing" in ran.out
    for told in (
        "WORKER_DATABASE_URL is missing at render ai-worker as DATABASE_URL",
        "LLM_API_KEY is missing at vault",
        "HEALTH_TOKEN is missing at edge functions",
        "hint: set META_APP_SECRET, then run keepwell secrets push META_APP_SECRET",
    ):
        assert told in ran.out
    assert stage.sent() == []


def test_a_push_brings_each_where_it_belongs_and_a_second_sends_only_what_nobody_can_compare(
    stage: Stage,
):
    ran = stage.run("push", *HERE, **VALUES)
    assert (ran.code, len(stage.sent())) == (0, 8)
    assert "PASS: 9 of 9 sent" in ran.out
    assert stage.variables("api")["DATABASE_URL"] == VALUES["DATABASE_URL"]
    assert stage.variables("ai-worker")["DATABASE_URL"] == VALUES["WORKER_DATABASE_URL"]
    assert stage.supabase.world.secrets == {"HEALTH_TOKEN": VALUES["HEALTH_TOKEN"]}
    query = "SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'LLM_API_KEY'"
    assert fetch(stage.postgres.dsn, query) == VALUES["LLM_API_KEY"]
    again = stage.run("push", *HERE, **VALUES)
    assert "PASS: 1 of 1 sent" in again.out
    assert stage.sent()[8:] == ["POST /v1/projects/livestreamsellprodaa/secrets"]


def test_a_check_passes_where_all_can_be_compared(full: Stage):
    ran = full.run("check", "--only", "render,vault", **VALUES)
    assert ran.code == 0
    assert "7 secrets stand in 8 places, each with this value" in ran.out


def test_what_shows_nothing_to_compare_with_is_unknown(full: Stage):
    ran = full.run("check", *HERE, **VALUES)
    assert ran.code == 3
    assert "HEALTH_TOKEN could not be compared at edge functions" in ran.out
    assert "UNKNOWN: places: 8 present, 1 not compared" in ran.out


def test_without_values_nothing_is_compared(full: Stage):
    ran = full.run("check", *HERE)
    assert ran.code == 3
    assert "UNKNOWN: places: 9 not compared" in ran.out
    assert "LLM_API_KEY could not be compared at render ai-worker, vault" in ran.out


def test_another_value_differs_and_is_the_only_one_sent(full: Stage):
    full.render.world.service("api").env_vars["META_APP_SECRET"] = "by-hand"
    before = len(full.sent())
    ran = full.run("check", *HERE, **VALUES)
    assert ran.code == 1
    assert "META_APP_SECRET is another value at render api than here" in ran.out
    ran = full.run("push", "META_APP_SECRET", *HERE, **VALUES)
    assert "PASS: 1 of 1 sent" in ran.out
    assert len(full.sent()) == before + 1
    assert full.variables("api")["META_APP_SECRET"] == VALUES["META_APP_SECRET"]
    assert "by-hand" not in ran.said


def test_every_variable_that_is_needed_is_named_before_anything_is_sent(stage: Stage):
    ran = stage.run("push", *HERE, LLM_API_KEY="value-of-the-llm")
    assert (ran.code, stage.sent()) == (2, [])
    assert (
        "HEALTH_TOKEN, META_APP_SECRET, META_VERIFY_TOKEN, SCALER_RENDER_API_KEY, WORKER" in ran.err
    )
    assert "LLM_API_KEY" not in ran.err
    assert fetch(stage.postgres.dsn, "SELECT count(*) FROM vault.secrets") == 0


def test_what_is_not_set_and_stands_where_it_cannot_be_compared_is_left_alone(full: Stage):
    before = len(full.sent())
    ran = full.run("push", *HERE)
    assert ran.code == 0
    assert "0 of 0 sent; places: 9 not compared" in ran.out
    assert len(full.sent()) == before


@pytest.mark.parametrize("action", ["check", "push"])
def test_a_vendor_without_a_token_is_not_asked(stage: Stage, action: str):
    ran = stage.run(action, *HERE, unset="SUPABASE_ACCESS_TOKEN", **VALUES)
    assert ran.code == (1 if action == "check" else 3)
    assert "supabase was not asked: SUPABASE_ACCESS_TOKEN is not set" in ran.out
    assert stage.sent() == []


def test_a_push_asks_only_vendors_that_it_sends_to(stage: Stage):
    ran = stage.run("push", **VALUES)
    assert ran.code == 0
    assert "CLOUDFLARE_API_TOKEN" not in ran.said
    ran = stage.run("push", "PROBE_TOKEN", **VALUES)
    assert ran.code == 0
    assert "WARN     applied: PROBE_TOKEN is in cloudflare rule" in ran.out
    assert "run keepwell apply --only cloudflare,cron-job-org" in ran.out


def test_a_declared_secret_that_nobody_holds_is_named(full: Stage):
    file = full.folder / "stack.yaml"
    file.write_text(
        file.read_text().replace("\n  PROBE_TOKEN:", "\n  OLD: {kind: llm}\n  PROBE_TOKEN:")
    )
    ran = full.run("check", "--only", "render,vault", **VALUES)
    assert ran.code == 0
    assert "WARN     unused: OLD is declared, and no vendor is to hold it" in ran.out


def test_a_service_that_is_not_there_yet_is_named(stage: Stage):
    world = stage.render.world
    gone = world.service("ai-worker").id
    del world.services[gone]
    world.group("shared").services.discard(gone)
    ran = stage.run("push", *HERE, **VALUES)
    assert (ran.code, stage.sent()) == (1, [])
    assert "not there yet: render service ai-worker; nothing was sent" in ran.err


def test_a_failure_in_the_middle_is_told_and_running_it_again_goes_on(stage: Stage):
    stage.render.desk.plan_fault(Fault(call=PUT, what="status", status=500, nth=3, times=9))
    ran = stage.run("push", *HERE, **VALUES)
    assert ran.code == 3
    assert "sent before: 4, not begun: 4" in ran.out
    assert "UNKNOWN: 4 of 9 sent; then it stopped" in ran.out
    assert "then run it again: it goes on from there" in ran.out
    stage.render.desk.clear_faults()
    ran = stage.run("push", *HERE, **VALUES)
    assert ran.code == 0
    assert "PASS: 6 of 6 sent" in ran.out


def test_what_still_differs_after_a_push_is_a_no(stage: Stage):
    variables = stage.render.world.service("api").env_vars

    def somebody_else() -> None:
        variables["DATABASE_URL"] = "by-hand"

    stage.render.desk.plan_fault(Fault(call=PUT, what="hook-after", nth=5, hook=somebody_else))
    ran = stage.run("push", *HERE, **VALUES)
    assert ran.code == 1
    assert "DATABASE_URL is another value at render api than here" in ran.out


def test_a_lock_that_somebody_else_holds_stops_a_push(stage: Stage):
    github = GitHubSimulator(clock=stage.clock)
    with serve(github.app) as url:
        stage.on_github(url, token=github.desk.token)
        github.world.refs["keepwell/lock/livestreamsell-production"] = github.world.refs[
            "heads/main"
        ]
        ran = stage.run("push", *HERE, **VALUES)
    assert (ran.code, stage.sent()) == (1, [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rotate",), "keepwell secrets rotate needs the name of a secret"),
        (("finish",), "keepwell secrets finish needs the name of a secret"),
        (("check", "LLM_API_KEE"), "did you mean LLM_API_KEY?"),
        (("check", "X"), "declare it under `secrets` first"),
        (("chekc",), "'chekc' is not one of"),
    ],
)
def test_a_wrong_argument_says_what_is_right(
    stage: Stage, arguments: tuple[str, ...], said: str, capfd
):
    ran = stage.run(*arguments)
    assert ran.code == 2
    assert said in ran.err + capfd.readouterr().err
