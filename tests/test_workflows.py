"""The shape of our workflows. zizmor and check-jsonschema judge the rest (`make check`)."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def parsed(path: Path) -> dict[str, Any]:
    # BaseLoader leaves scalars as they stand: YAML 1.1 would take the key `on` for a boolean.
    workflow: dict[str, Any] = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
    return workflow


@every_workflow
def test_permissions_start_from_none_and_each_grant_says_why(path: Path) -> None:
    assert parsed(path)["permissions"] == {}
    for grants in re.findall(
        r"^    permissions:\n((?:      .*\n)+)", path.read_text(), re.MULTILINE
    ):
        for grant in grants.splitlines():
            assert re.fullmatch(r" {6}[a-z-]+: (read|write) # .+", grant)
    assert all("permissions" in job for job in parsed(path)["jobs"].values())


@every_workflow
def test_each_job_ends_in_time_on_a_named_image(path: Path) -> None:
    for job in parsed(path)["jobs"].values():
        assert 1 <= int(job["timeout-minutes"]) <= 90
        assert job["runs-on"] == "ubuntu-24.04"


@every_workflow
def test_runs_of_the_same_thing_do_not_overlap(path: Path) -> None:
    assert parsed(path)["concurrency"].keys() == {"group", "cancel-in-progress"}
    assert parsed(path)["concurrency"]["group"].startswith(f"{path.stem}-")


@every_workflow
def test_a_checkout_leaves_no_token_behind(path: Path) -> None:
    steps = [step for job in parsed(path)["jobs"].values() for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] == "false" for step in checkouts)


@every_workflow
def test_inputs_are_those_of_the_action(path: Path) -> None:
    for job in parsed(path)["jobs"].values():
        for step in job["steps"]:
            # `$/` is the repository of the workflow itself, also where another one calls it.
            if (uses := step.get("uses", "")).startswith("$/"):
                action = yaml.safe_load((ROOT / uses[2:] / "action.yml").read_text())
                assert step["with"].keys() <= action["inputs"].keys()
            else:
                assert not uses.startswith("./")


def test_jobs_of_pull_requests_hold_no_secret() -> None:
    for path in WORKFLOWS:
        if parsed(path)["on"].keys() & {"pull_request", "pull_request_target", "merge_group"}:
            assert "secrets." not in path.read_text(), path


def test_the_schedule_is_the_one_that_the_stack_declares() -> None:
    workflow = parsed(ROOT / ".github" / "workflows" / "keep-alive.yml")
    declared = yaml.safe_load((ROOT / "stack.yaml").read_text())["keep_alive"]["github_actions"]
    assert workflow["on"]["schedule"] == [{"cron": declared["schedule"]}]


@pytest.mark.parametrize("name", ["apply", "drift"])
def test_who_compares_secrets_is_given_each_that_the_stack_declares(name: str) -> None:
    declared = yaml.safe_load((ROOT / "stack.yaml").read_text())["secrets"]
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text()
    given = re.findall(r"^ +([A-Z_]+): \$\{\{ secrets\.([A-Z_]+) \}\}$", text, re.MULTILINE)
    assert all(variable == secret for variable, secret in given)
    assert set(declared) <= {variable for variable, _ in given}


def test_what_reaches_vendors_runs_on_the_default_branch_or_by_hand() -> None:
    workflow = parsed(ROOT / ".github" / "workflows" / "apply.yml")
    assert workflow["on"].keys() == {"push", "workflow_dispatch"}
    assert workflow["on"]["push"]["branches"] == ["main"]
    assert workflow["concurrency"]["cancel-in-progress"] == "false"


def test_the_gate_plans_against_what_drift_stores() -> None:
    gate = (ROOT / ".github" / "workflows" / "gate.yml").read_text()
    drift = (ROOT / ".github" / "workflows" / "drift.yml").read_text()
    assert "branch: keepwell-data" in drift
    assert "ref: keepwell-data" in gate
    assert "observed: .keepwell/data/observations/production.json" in gate
