import json
from pathlib import Path

import pytest

from keepwell.commands.conclude import conclude
from keepwell.model.verdict import Report
from tests.action_commands import parse_pairs
from tests.reports.samples import REPORT
from tests.worlds import make_world, on_runner, out


@pytest.mark.parametrize("format_", [None, "text", "json", "github"])
def test_every_format_gives_the_reports_exit_code(format_):
    assert conclude(REPORT, world=make_world(), format=format_) == 1


def test_json_is_alone_on_stdout():
    world = make_world()
    conclude(REPORT, world=world, format="json")
    assert json.loads(out(world))["command"] == "verify"


def test_on_a_runner_outputs_summary_and_annotations_are_written(tmp_path: Path):
    world = make_world(runner=on_runner(tmp_path))
    conclude(REPORT, world=world)
    assert parse_pairs((tmp_path / "output").read_text()) == {
        "status": "fail",
        "down": "web",
    }
    assert "keepwell verify" in (tmp_path / "summary.md").read_text()
    assert "::error title=status FAIL::" in out(world)


def test_a_secret_is_blotted_out_of_outputs_and_summary(tmp_path: Path):
    world = make_world(runner=on_runner(tmp_path), environ={"TOKEN": "hunter2hunter2"})
    world.secret("TOKEN")
    report = Report(command="c", conclusion="hunter2hunter2", outputs={"x": "hunter2hunter2"})
    conclude(report, world=world)
    written = (tmp_path / "output").read_text() + (tmp_path / "summary.md").read_text()
    assert "hunter2" not in written
