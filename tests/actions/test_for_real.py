"""Every action runs as another repository would run it: in its checkout, hostile as that may be.

Installs are real, from the index on loopback; so are the command, the runner's files and, for
verify and keep-alive, the network and TLS.
"""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.actions.machine import ROOT, Machine
from tests.actions.service import HOST, REVISION, Service, running_service
from tests.composite_runner import CompositeRunner, Run, Step

SECRETS = {"HEALTH_TOKEN": "health-token-of-the-job", "PROBE_TOKEN": "probe-token-of-the-job"}

pytestmark = pytest.mark.slow


@pytest.fixture(params=["with_uv", "with_pip"])
def path(request: pytest.FixtureRequest, bare: str) -> str:
    return f"{request.getfixturevalue(request.param)}:{bare}"


@pytest.fixture
def service() -> Iterator[Service]:
    with running_service() as running:
        yield running


def run_action(name: str, *, machine: Machine, path: str, **inputs: str) -> Run:
    runner = CompositeRunner(
        workspace=machine.workspace.folder,
        temp=machine.folder / "temp",
        environ={**machine.environ, **SECRETS, "PATH": path},
        github={"sha": REVISION, "repository": "somebody/else"},
    )
    given = {option.replace("_", "-"): value for option, value in inputs.items()}
    return runner.run(ROOT / "actions" / name, inputs=given)


def only(run: Run) -> Step:
    """The action's one step, having done no harm to the job."""
    (step,) = run.steps
    assert run.exported == {}
    for secret in SECRETS.values():
        assert secret not in step.log + step.summary + repr(run.outputs)
    return step


def declared_outputs(name: str) -> set[str]:
    action: dict[str, Any] = yaml.safe_load((ROOT / "actions" / name / "action.yml").read_text())
    return set(action["outputs"])


def test_generate_writes_the_configuration_and_then_finds_it_fresh(
    machine: Machine, path: str
) -> None:
    before = machine.workspace.files()
    step = only(run := run_action("generate", machine=machine, path=path))
    assert step.exit_code == 0, step.log
    assert int(run.outputs["changed"]) > 5
    assert run.outputs["status"] in {"pass", "warn"}
    assert declared_outputs("generate") <= step.outputs.keys()
    assert "keepwell generate" in step.summary
    added = machine.workspace.files() - before
    assert "generated/render.yaml" in added
    assert {name.split("/")[0] for name in added} == {"generated"}

    again = run_action("generate", machine=machine, path=path, check="true")
    assert (only(again).exit_code, again.outputs["changed"]) == (0, "0")
    assert machine.workspace.traps_sprung == set()


def test_generate_fails_the_step_where_a_file_is_stale(machine: Machine, path: str) -> None:
    run = run_action("generate", machine=machine, path=path, check="true")
    assert only(run).exit_code == 1
    assert run.outputs["status"] == "fail"
    assert {annotation.level for annotation in only(run).annotations} >= {"error"}


def test_verify_proves_the_revision_that_serves(
    machine: Machine, path: str, service: Service
) -> None:
    run = run_action(
        "verify",
        machine=machine,
        path=path,
        url=f"https://{HOST}/health",
        revision=REVISION,
        consecutive="2",
        within="60",
        resolve=service.resolve,
        ca=str(service.ca_file),
        health_token="token-of-the-input",
    )
    step = only(run)
    assert step.exit_code == 0, step.log
    assert declared_outputs("verify") <= step.outputs.keys()
    assert run.outputs["released-revision"] == REVISION
    assert [headers["authorization"] for headers in service.seen][:2] == [
        "Bearer token-of-the-input"
    ] * 2
    assert "token-of-the-input" not in step.log
    assert machine.workspace.traps_sprung == set()


def test_keep_alive_records_what_every_target_answered(
    machine: Machine, path: str, service: Service
) -> None:
    before = machine.workspace.files()
    run = run_action(
        "keep-alive",
        machine=machine,
        path=path,
        history="history",
        resolve=service.resolve,
        ca=str(service.ca_file),
        fail_on_down="true",
    )
    step = only(run)
    assert step.exit_code == 0, step.log
    assert declared_outputs("keep-alive") <= step.outputs.keys()
    assert (run.outputs["down"], run.outputs["targets"]) == ("", "1")
    assert service.seen[0]["authorization"] == f"Bearer {SECRETS['HEALTH_TOKEN']}"
    assert service.seen[0]["x-keepwell-probe"] == SECRETS["PROBE_TOKEN"]
    added = machine.workspace.files() - before
    assert {name.split("/")[0] for name in added} == {"history"}
    assert machine.workspace.traps_sprung == set()


def test_keep_alive_fails_the_step_when_a_target_is_down(
    machine: Machine, path: str, service: Service
) -> None:
    _, _, reachable = service.resolve.partition("=")
    with socket.socket() as bound_but_deaf:
        bound_but_deaf.bind(("127.0.0.1", 0))
        refused = f"127.0.0.1:{bound_but_deaf.getsockname()[1]}"
        run = run_action(
            "keep-alive",
            machine=machine,
            path=path,
            resolve=f"{HOST}={refused},1.1.1.1={reachable}",
            fail_on_down="true",
        )
    assert (only(run).exit_code, run.outputs["down"]) == (1, "api")
    assert run.outputs["status"] == "fail"
