"""keepwell secrets rotate and finish, against stand-ins of the vendors and a real Postgres.

Every run is searched for the values that it was given: `Stage.run` fails where one was told.
"""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from keepwell.decisions.scram import scram_verifier
from keepwell.rehearsal.servers import Postgres
from keepwell.rehearsal.simulators.base import Fault
from tests.commands.secret_stage import (
    VALUES,
    Ran,
    Stage,
    address,
    connected,
    prepared_postgres,
    staged,
)
from tests.databases import execute, fetch

PUT = "PUT /services/*/env-vars/*"
NEW = "new pass/word%:@?"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with prepared_postgres() as server:
        yield server


@pytest.fixture
def stage(postgres: Postgres, tmp_path: Path) -> Iterator[Stage]:
    """Everything is in its place, and the api logs in as app_a."""
    execute(
        postgres.dsn,
        "ALTER ROLE app_a LOGIN PASSWORD 'old-password'; ALTER ROLE app_b NOLOGIN PASSWORD NULL",
    )
    with staged(postgres, tmp_path) as stage:
        values = {**VALUES, "DATABASE_URL": address(postgres, "app_a", "old-password")}
        assert stage.run("push", **values).code == 0
        yield stage


def rotate(stage: Stage, role: str, password: str = NEW, *, action: str = "rotate") -> Ran:
    """Rotates; neither spelling of the password may be told."""
    value = address(stage.postgres, role, password)
    ran = stage.run(action, "DATABASE_URL", DATABASE_URL=value)
    spelled = value.rpartition("@")[0].rpartition(":")[2]
    assert not [each for each in (password, spelled) if each in ran.said]
    return ran


def opens(postgres: Postgres, role: str, password: str) -> bool:
    """Whether this is the role's password, and it may log in."""
    found = fetch(postgres.dsn, "SELECT rolpassword FROM pg_authid WHERE rolname = $1", role)
    allowed = fetch(postgres.dsn, "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", role)
    salt = base64.b64decode(str(found).partition(":")[2].partition("$")[0])
    return bool(allowed) and found == scram_verifier(password, salt=salt)


def test_a_database_turns_to_its_other_role_and_the_old_one_works_until_the_end(stage: Stage):
    ran = rotate(stage, "app_b")
    assert ran.code == 0
    assert "app_b has its new password, and app_a still works. Now deploy" in ran.out
    assert "PASS: 1 of 1 sent" in ran.out
    assert stage.variables("api")["DATABASE_URL"] == address(stage.postgres, "app_b", NEW)
    assert opens(stage.postgres, "app_b", NEW)
    assert opens(stage.postgres, "app_a", "old-password")
    ran = rotate(stage, "app_b", action="finish")
    assert ran.code == 0
    assert "PASS: the rotation of DATABASE_URL is finished" in ran.out
    assert opens(stage.postgres, "app_b", NEW)
    assert not opens(stage.postgres, "app_a", "old-password")


def test_the_next_turn_goes_back(stage: Stage):
    assert rotate(stage, "app_b").code == 0
    assert rotate(stage, "app_b", action="finish").code == 0
    assert rotate(stage, "app_a", "third-password").code == 0
    assert opens(stage.postgres, "app_a", "third-password")
    assert rotate(stage, "app_a", "third-password", action="finish").code == 0
    assert not opens(stage.postgres, "app_b", NEW)


def test_the_password_is_there_before_the_address_is_sent(stage: Stage):
    worked = []

    def look() -> None:
        worked.append(opens(stage.postgres, "app_b", NEW))

    stage.render.desk.plan_fault(Fault(call=PUT, what="hook-before", hook=look))
    assert rotate(stage, "app_b").code == 0
    assert worked == [True]


@pytest.mark.parametrize("what", ["cut-before", "cut-after"])
def test_ended_between_the_two_a_rerun_converges(stage: Stage, what):
    stage.render.desk.plan_fault(Fault(call=PUT, what=what, times=9))
    assert rotate(stage, "app_b").code == 3
    assert opens(stage.postgres, "app_b", NEW)
    assert opens(stage.postgres, "app_a", "old-password")
    stage.render.desk.clear_faults()
    assert rotate(stage, "app_b").code == 0
    assert stage.variables("api")["DATABASE_URL"] == address(stage.postgres, "app_b", NEW)


def test_once_rotated_it_may_be_run_again(stage: Stage):
    assert rotate(stage, "app_b").code == 0
    ran = rotate(stage, "app_b")
    assert ran.code == 0
    assert "0 of 0 sent; places: 1 present" in ran.out


def test_a_role_in_use_gets_no_new_password(stage: Stage):
    ran = rotate(stage, "app_a")
    assert ran.code == 1
    assert "app_a is in use at render api; nothing was changed" in ran.err
    assert "let app_b take over" in ran.err
    assert opens(stage.postgres, "app_a", "old-password")


def test_at_the_pooler_the_project_follows_the_role(stage: Stage):
    assert rotate(stage, "app_b.livestreamsellprodaa").code == 0
    assert opens(stage.postgres, "app_b", NEW)
    ran = rotate(stage, "app_b.livestreamsellprodaa", "another-password")
    assert ran.code == 1
    assert "app_b is in use at render api" in ran.err


def test_a_rotation_is_not_finished_before_the_address_is_there(stage: Stage):
    ran = rotate(stage, "app_b", action="finish")
    assert ran.code == 1
    assert "DATABASE_URL is not the new value yet at render api; nothing was changed" in ran.err
    assert opens(stage.postgres, "app_a", "old-password")


def test_a_rotation_is_not_finished_while_the_old_role_is_connected(stage: Stage):
    assert rotate(stage, "app_b").code == 0
    with connected(address(stage.postgres, "app_a", "old-password")):
        ran = rotate(stage, "app_b", action="finish")
    assert ran.code == 1
    assert "app_a still has 1 open session(s); nothing was changed" in ran.err
    assert opens(stage.postgres, "app_a", "old-password")


def test_roles_that_are_not_there_are_named(stage: Stage):
    ran = rotate(stage, "worker_b")
    assert ran.code == 1
    assert "Postgres has no role worker_b; nothing was changed" in ran.err
    assert "make worker_b in a migration" in ran.err
    assert stage.variables("api")["DATABASE_URL"] == address(
        stage.postgres, "app_a", "old-password"
    )


def test_a_database_that_refuses_is_told(stage: Stage):
    value = address(stage.postgres, "app_b", NEW)
    nowhere = "postgresql://postgres:x@127.0.0.1:1/postgres"
    ran = stage.run("rotate", "DATABASE_URL", DATABASE_URL=value, SUPABASE_DB_URL=nowhere)
    assert ran.code == 3
    assert "Postgres cannot be reached" in ran.err


def test_a_user_that_takes_no_turns_is_told_why(stage: Stage):
    ran = rotate(stage, "app")
    assert ran.code == 2
    assert "logs in as app, which ends neither in _a nor in _b" in ran.err
    assert "locks the instances out" in ran.err


@pytest.mark.parametrize("name", ["LLM_API_KEY", "DATABASE_URL"])
def test_a_value_that_is_not_set_is_named(stage: Stage, name: str):
    before = len(stage.sent())
    ran = stage.run("rotate", name)
    assert (ran.code, len(stage.sent())) == (2, before)
    assert f"not at hand: {name}; nothing was changed" in ran.err


def test_without_the_address_of_the_database_no_role_is_changed(stage: Stage):
    value = address(stage.postgres, "app_b", NEW)
    ran = stage.run("rotate", "DATABASE_URL", unset="SUPABASE_DB_URL", DATABASE_URL=value)
    assert ran.code == 2
    assert "SUPABASE_DB_URL is not set" in ran.err


def test_where_render_is_not_asked_no_role_gets_a_password(stage: Stage):
    value = address(stage.postgres, "app_a", NEW)
    ran = stage.run("rotate", "DATABASE_URL", "--only", "vault", DATABASE_URL=value)
    assert ran.code == 2
    assert "which of the two roles is in use is not known" in ran.err
    assert opens(stage.postgres, "app_a", "old-password")


def test_any_other_secret_is_sent_wherever_it_is(stage: Stage):
    ran = stage.run("rotate", "LLM_API_KEY", LLM_API_KEY="another-value")
    assert ran.code == 0
    assert "PASS: 2 of 2 sent; places: 2 present" in ran.out
    assert stage.variables("ai-worker")["LLM_API_KEY"] == "another-value"
    query = "SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'LLM_API_KEY'"
    assert fetch(stage.postgres.dsn, query) == "another-value"


def test_only_a_database_has_a_rotation_to_finish(stage: Stage):
    ran = stage.run("finish", "LLM_API_KEY", **VALUES)
    assert ran.code == 2
    assert "LLM_API_KEY is of the kind llm, and has no other role" in ran.err
