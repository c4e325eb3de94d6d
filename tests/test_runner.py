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
            "GITHUB_API_URL": "https://api.github.com",
            "GITHUB_EVENT_PATH": "/e",
        }
    )
    assert runner == Runner(
        is_github=True,
        output_file=Path("/o"),
        summary_file=Path("/s"),
        sha="abc",
        run_url="https://github.com/o/r/actions/runs/7",
        repository="o/r",
        api_url="https://api.github.com",
        event_file=Path("/e"),
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ('{"pull_request": {"head": {"sha": "head"}}}', "head"),
        ('{"pull_request": null}', "merge"),
        ("{}", "merge"),
        ("[]", "merge"),
        ("no JSON", "merge"),
        (None, "merge"),
    ],
)
def test_the_head_of_a_pull_request_is_the_commit_that_people_see(
    tmp_path: Path, event: str | None, expected: str
):
    path = tmp_path / "event.json"
    if event is not None:
        path.write_text(event)
    assert Runner(sha="merge", event_file=path).head_sha() == expected


def test_away_from_a_runner_the_commit_is_not_known():
    assert Runner().head_sha() is None


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
