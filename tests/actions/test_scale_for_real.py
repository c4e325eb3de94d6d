"""scale as another repository would run it: a lock of its own, a real Redis, a stand-in of Render."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from keepwell.rehearsal.servers import start_redis
from tests.actions.machine import ROOT, Machine
from tests.actions.test_for_real import declared_outputs
from tests.actions.wheel_index import locked_wheels
from tests.commands.scale_stage import Stage, staged
from tests.composite_runner import CompositeRunner

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def wheels() -> Path:
    return locked_wheels(ROOT / "requirements" / "scale.txt", cache=ROOT / ".cache" / "wheels")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with start_redis() as server, staged(server, tmp_path) as made:
        yield made


def test_late_entries_add_an_instance_and_the_job_learns_of_it(
    machine: Machine, stage: Stage, with_uv: str, bare: str
) -> None:
    stage.come(9, age_s=40)
    stage.take(3)
    runner = CompositeRunner(
        workspace=machine.workspace.folder,
        temp=machine.folder / "temp",
        environ={**machine.environ, **stage.environ, "PATH": f"{with_uv}:{bare}"},
        github={"sha": "a" * 40, "repository": "livestreamsell/livestreamsell"},
    )
    inputs = {"stack": str(stage.stack), "period": "1"}
    run = runner.run(ROOT / "actions" / "scale", inputs=inputs)
    (step,) = run.steps
    assert step.exit_code == 0, step.log
    assert run.outputs == {"status": "warn", "instances": "2", "reason": "age"}
    assert declared_outputs("scale") == step.outputs.keys()
    assert stage.instances == 2
    assert "1 -> 2 instances" in step.log
    assert stage.environ["REDIS_URL"] not in step.log + step.summary
    assert machine.workspace.traps_sprung == set()
