"""From the gate to apply: a plan made of a stored observation is the plan that apply finds."""

import json
from pathlib import Path
from typing import Any

import pytest

from keepwell.rehearsal.simulators.github import FIRST
from tests.commands.standing import STACK, Standing, stand
from tests.worlds import make_world

EDITS = {
    "a variable": ("LOG_LEVEL: info", "LOG_LEVEL: debug"),
    "a new variable": ("LOG_LEVEL: info", "LOG_LEVEL: info\n      WORKER_LIMIT: '8'"),
    "a rule that holds a secret": ("[GET, HEAD], kind: health", "[GET], kind: health"),
    "a rule's limit": ("requests: 50", "requests: 40"),
    "a setting": ("security_level: medium", "security_level: high"),
    "a setting that is an object": ("max_age_s: 31536000", "max_age_s: 86400"),
    "a key of bot management": ("ai_bots: block", "ai_bots: disabled"),
    "the pooler": ("mode: session }", "mode: session, default_pool_size: 20 }"),
    "auth": ("minimum_password_length: 12", "minimum_password_length: 14"),
    "a record": ("v=spf1 -all", "v=spf1 include:mail.example -all"),
    "a header of a job": ("{ x-keepwell-probe: PROBE_TOKEN }", "{ x-probe: PROBE_TOKEN }"),
    "how a service scales": ("cpu_percent: 60", "cpu_percent: 70"),
}
"""What a pull request may edit in stack.yaml: the text before and after."""


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory):
    with stand(tmp_path_factory.mktemp("stand")) as standing:
        assert standing.apply().exit_code == 0
        yield standing


@pytest.fixture(scope="module")
def observation(applied: Standing) -> str:
    path = str(applied.folder / "observation.json")
    assert applied.run("observe", "--output", path).exit_code == 0
    return path


def edited(folder: Path, before: str, after: str) -> str:
    text = STACK.read_text()
    assert before in text
    path = folder / "stack.yaml"
    path.write_text(text.replace(before, after))
    return str(path)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_what_the_gate_shows_is_what_apply_finds(
    applied: Standing, observation: str, tmp_path: Path, edit: tuple[str, str]
):
    line = ("plan", "--stack", edited(tmp_path, *edit), "--allow-large")
    told = applied.run(*line, "--observed", observation, world=make_world(clock=applied.clock))
    assert int(told.outputs["changes"]) > 0
    assert told.outputs["digest"] == applied.run(*line).outputs["digest"]


def test_an_observation_holds_no_secret_that_a_rule_still_holds(applied: Standing, tmp_path: Path):
    without = edited(
        tmp_path, "sender: { header: x-keepwell-probe, secret: PROBE_TOKEN }", "sender: { asn: 1 }"
    )
    path = tmp_path / "observation.json"
    said = applied.run("observe", "--stack", without, "--output", str(path))
    assert said.exit_code == 0
    assert json.loads(path.read_text())["schema"] == 1
    assert applied.secrets["PROBE_TOKEN"] not in path.read_text()


def test_a_vendor_that_was_not_observed_is_no_pass(applied: Standing, tmp_path: Path):
    path = tmp_path / "observation.json"
    assert applied.run("observe", "--only", "cloudflare", "--output", str(path)).exit_code == 0
    said = applied.run("plan", "--only", "cloudflare,dns", "--observed", str(path))
    assert said.exit_code == 3
    assert said.messages("stored") == ["dns was not asked when this was observed"]


def test_a_vendor_that_is_none_is_a_usage_error_offline_too(applied: Standing, observation: str):
    said = applied.run("plan", "--only", "claudflare", "--observed", observation)
    assert said.exit_code == 2
    assert "'claudflare' is no vendor" in said.err


def test_the_issue_stays_open_while_it_is_not_known(applied: Standing, tmp_path: Path):
    path = tmp_path / "observation.json"
    assert applied.run("observe", "--only", "cloudflare", "--output", str(path)).exit_code == 0
    github = applied.at.github.world
    issue: dict[str, Any] = {
        "number": 1,
        "state": "open",
        "body": "<!-- keepwell-drift -->\nold",
        "html_url": "https://github.example/1",
        "labels": [{"name": "keepwell-drift"}],
    }
    github.issues = [issue]
    world = applied.world(on_github=True)
    line = ("plan", "--observed", str(path), "--issue")
    assert applied.run(*line, "--only", "cloudflare,dns", world=world).exit_code == 3
    assert issue["state"] == "open"
    assert (
        "whether there is drift is not known"
        in applied.run(*line, world=applied.world(on_github=True)).err
    )
    applied.run(*line, "--only", "cloudflare", world=applied.world(on_github=True))
    assert issue["state"] == "closed"


@pytest.mark.parametrize(
    ("digest", "exit_code", "said"),
    [
        ("abc", 2, "'abc' is no digest"),
        ("f" * 12, 1, "was agreed on"),
        ("nothing", 2, "is no digest"),
    ],
)
def test_a_digest_that_is_none_or_another_is_refused(
    applied: Standing, digest: str, exit_code: int, said: str
):
    ran = applied.run("apply", "--expect-digest", digest, "--only", "cron-job-org")
    assert ran.exit_code == exit_code
    assert said in ran.err + ran.out


@pytest.mark.parametrize(
    "description", ["digest ; changes", "digest abc; changes", "digest " + "g" * 40 + ";", ""]
)
def test_a_status_without_a_digest_vouches_for_nothing(applied: Standing, description: str):
    github = applied.at.github.world
    github.statuses["a" * 40] = [{"context": "keepwell/plan", "description": description}]
    said = applied.run("apply", "--reviewed", world=applied.world(on_github=True))
    assert said.exit_code == 1
    assert "no plan was reviewed" in said.err


def test_a_pull_request_that_was_not_merged_vouches_for_nothing(applied: Standing):
    planned = applied.run("plan")
    github = applied.at.github.world
    github.statuses["a" * 40] = []
    github.pulls["a" * 40] = [FIRST]
    description = f"digest {planned.outputs['digest']}; no changes"
    github.statuses[FIRST] = [{"context": "keepwell/plan", "description": description}]
    github.unmerged.add(FIRST)
    assert applied.run("apply", "--reviewed", world=applied.world(on_github=True)).exit_code == 1
    github.unmerged.clear()
    assert applied.run("apply", "--reviewed", world=applied.world(on_github=True)).exit_code == 0


def test_a_host_that_only_render_can_vouch_for_stops_it_before_anything_is_sent(tmp_path: Path):
    with stand(tmp_path) as fresh:
        fresh.at.render.world.verify_after_s = 10**6
        said = fresh.apply("--only", "dns")
        assert said.exit_code == 2
        assert "only Render knows whether api.livestreamsell.example is verified" in said.err
        journal = fresh.at.cloudflare.desk.journal
        assert not [each for each in journal if each.method != "GET"]
