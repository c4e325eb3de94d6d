"""keepwell observe, against stand-ins of every vendor."""

import json
from pathlib import Path

import pytest

from tests.commands.standing import Standing, stand


@pytest.fixture
def applied(tmp_path: Path):
    with stand(tmp_path) as standing:
        assert standing.apply().exit_code == 0
        yield standing


def test_what_every_vendor_has_is_stored_without_a_secret(applied: Standing, tmp_path: Path):
    path = tmp_path / "deep" / "observation.json"
    applied.at.render.world.service("api").env_vars["BY_HAND"] = "a-value-set-by-hand"
    said = applied.run("observe", "--output", str(path))
    assert said.exit_code == 0
    assert said.outputs["observation"] == str(path)
    text = path.read_text()
    vendors = [each["vendor"] for each in json.loads(text)["observations"]]
    assert sorted(vendors) == ["cloudflare", "cron-job-org", "dns", "render", "supabase"]
    assert "a-value-set-by-hand" not in text
    assert not [name for name, value in applied.secrets.items() if value in text]


def test_it_is_kept_on_a_branch(applied: Standing, tmp_path: Path):
    path = tmp_path / "observation.json"
    for _ in range(2):
        said = applied.run(
            "observe",
            "--output",
            str(path),
            "--branch",
            "keepwell-data",
            world=applied.world(on_github=True),
        )
        assert said.exit_code == 0
    kept = applied.at.github.world.file("observations/production.json", branch="keepwell-data")
    assert kept == path.read_bytes()


def test_a_branch_needs_a_repository(applied: Standing, tmp_path: Path):
    path = str(tmp_path / "observation.json")
    said = applied.run("observe", "--output", path, "--branch", "keepwell-data")
    assert said.exit_code == 2
    assert "--branch needs a GitHub repository" in said.err


def test_a_vendor_that_cannot_be_asked_is_no_pass(applied: Standing, tmp_path: Path):
    path = str(tmp_path / "observation.json")
    said = applied.run("observe", "--output", path, world=applied.world(SUPABASE_ACCESS_TOKEN=""))
    assert said.exit_code == 3
    assert said.messages("token") == ["supabase was not asked: SUPABASE_ACCESS_TOKEN is not set"]
