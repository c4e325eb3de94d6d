import io
from pathlib import Path

import pytest

from keepwell.errors import UsageError
from keepwell.runner import SUMMARY_LIMIT_BYTES, Runner
from tests.action_commands import parse_pairs
from tests.worlds import on_runner


def test_away_from_a_runner_nothing_is_written(tmp_path: Path):
    runner = Runner.from_environment({"GITHUB_OUTPUT": "", "GITHUB_ACTIONS": ""})
    runner.write_outputs({"status": "pass"})
    runner.write_summary("text")
    stream = io.StringIO()
    runner.mask("secret", stream)
    assert not runner.is_github
    assert stream.getvalue() == ""
    assert list(tmp_path.iterdir()) == []


def test_variables_of_the_runner_are_read():
    runner = Runner.from_environment(
        {
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": "/o",
            "GITHUB_STEP_SUMMARY": "/s",
            "GITHUB_SHA": "abc",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_RUN_ID": "7",
        }
    )
    assert runner == Runner(
        is_github=True,
        output_file=Path("/o"),
        summary_file=Path("/s"),
        sha="abc",
        run_url="https://github.com/o/r/actions/runs/7",
    )


@pytest.mark.parametrize("value", ["plain", "", "two\nlines", "EOF\nother=1", "a<<b\nkeepwell_0"])
def test_no_value_can_forge_another_output(tmp_path: Path, value: str):
    runner = on_runner(tmp_path)
    runner.write_outputs({"first": value, "second": "2"})
    text = (tmp_path / "output").read_text()
    assert parse_pairs(text) == {"first": value, "second": "2"}


def test_a_summary_is_cut_below_the_runners_limit(tmp_path: Path):
    runner = on_runner(tmp_path)
    runner.write_summary("é" * SUMMARY_LIMIT_BYTES)
    written = (tmp_path / "summary.md").read_bytes()
    assert SUMMARY_LIMIT_BYTES < len(written) < 1024 * 1024
    assert "The rest was cut" in written.decode()


def test_a_masked_value_is_one_command_whatever_it_holds(tmp_path: Path):
    stream = io.StringIO()
    on_runner(tmp_path).mask("100%\nsure", stream)
    assert stream.getvalue() == "::add-mask::100%25%0Asure\n"


def test_a_runner_file_that_cannot_be_written_says_so(tmp_path: Path):
    runner = Runner(is_github=True, output_file=tmp_path)
    with pytest.raises(UsageError, match="cannot write the runner's file"):
        runner.write_outputs({"status": "pass"})


def test_a_second_summary_begins_a_block_of_its_own(tmp_path: Path):
    runner = on_runner(tmp_path)
    runner.write_summary("<details></details>\n")
    runner.write_summary("## again\n")
    assert (tmp_path / "summary.md").read_text() == "<details></details>\n\n## again\n\n"
