"""plan, observe, apply and secrets as another repository would run them, against stand-ins.

As in test_for_real: real installs from an index on loopback, in a hostile checkout.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from keepwell.clock import SystemClock
from keepwell.rehearsal.stand_ins import StandIns, standing
from keepwell.stackfile import load
from tests.actions.machine import ROOT, Machine
from tests.actions.test_for_real import declared_outputs
from tests.composite_runner import CompositeRunner, Run, Step

SHA = "a" * 40
VENDORS = "render,supabase,cloudflare,dns,cron-job-org"
STACK = load(ROOT / "stack.yaml").stack
MISSING = "7"
"""Places of secrets at Render: four variables of the api, two of the worker."""
SECRETS = {name: f"value-of-{name.lower()}" for name in STACK.secrets}

pytestmark = pytest.mark.slow


@pytest.fixture
def vendors() -> Iterator[StandIns]:
    with standing(STACK, clock=SystemClock()) as stand_ins:
        stand_ins.push(STACK)
        yield stand_ins


class Job:
    """One job of a workflow: its actions share a workspace and a temporary folder."""

    def __init__(self, machine: Machine, vendors: StandIns, path: str) -> None:
        self._machine = machine
        self._environ = {
            **machine.environ,
            **vendors.environ,
            **vendors.on_github,
            **SECRETS,
            "GITHUB_SHA": SHA,
            "PATH": path,
        }

    def run(self, name: str, **inputs: str) -> Run:
        runner = CompositeRunner(
            workspace=self._machine.workspace.folder,
            temp=self._machine.folder / "temp",
            environ=self._environ,
            github={"sha": SHA, "repository": "livestreamsell/livestreamsell"},
        )
        given = {option.replace("_", "-"): value for option, value in inputs.items()}
        return runner.run(ROOT / "actions" / name, inputs={"only": VENDORS, **given})


def only(run: Run, name: str) -> Step:
    """The action's one step: no harm done to the job, no secret told, every output written."""
    (step,) = run.steps
    assert run.exported == {}
    for secret in SECRETS.values():
        assert secret not in step.log + step.summary + repr(run.outputs)
    assert declared_outputs(name) <= step.outputs.keys() | {"applied", "sent"}
    return step


def test_a_plan_is_observed_reviewed_and_applied(
    machine: Machine, vendors: StandIns, with_uv: str, bare: str
) -> None:
    job = Job(machine, vendors, f"{with_uv}:{bare}")
    observed = job.run("observe", output=".keepwell/observation.json", branch="keepwell-data")
    assert only(observed, "observe").exit_code == 0, observed.steps[0].log
    kept = vendors.github.world.file("observations/production.json", branch="keepwell-data")
    assert kept == Path(machine.workspace.folder, ".keepwell", "observation.json").read_bytes()

    planned = job.run(
        "plan", observed=".keepwell/observation.json", allow_large="true", status="true"
    )
    step = only(planned, "plan")
    assert step.exit_code == 0, step.log
    assert int(planned.outputs["changes"]) > 15
    assert "```diff" in step.summary

    applied = job.run("apply", reviewed="true", allow_large="true", journal="journal")
    step = only(applied, "apply")
    assert step.exit_code == 0, step.log
    assert applied.outputs["digest"] == planned.outputs["digest"]
    assert applied.outputs["applied"] == "22"

    drifted = job.run("plan", detect_drift="true")
    assert only(drifted, "plan").exit_code == 0
    assert drifted.outputs["changes"] == "0"
    assert machine.workspace.traps_sprung == set()


def test_secrets_are_pushed_and_then_nowhere_missing(
    machine: Machine, vendors: StandIns, with_uv: str, bare: str
) -> None:
    job = Job(machine, vendors, f"{with_uv}:{bare}")
    before = job.run("secrets", action="check", only="render")
    assert only(before, "secrets").exit_code == 1, before.steps[0].log
    assert (before.outputs["missing"], before.outputs["sent"]) == (MISSING, "")
    pushed = job.run("secrets", action="push", only="render", journal="journal")
    assert only(pushed, "secrets").exit_code == 0, pushed.steps[0].log
    assert pushed.outputs["sent"] == MISSING
    variables = vendors.render.world.service("api").env_vars
    assert variables["META_APP_SECRET"] == SECRETS["META_APP_SECRET"]
    after = job.run("secrets", action="check", only="render")
    assert only(after, "secrets").exit_code == 0, after.steps[0].log
    assert (after.outputs["missing"], after.outputs["differs"]) == ("0", "0")
    assert machine.workspace.traps_sprung == set()
