"""What every action.yml promises, read off the files. tests/actions/ runs them for real."""

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from keepwell.cli import COMMANDS, TERMINAL_ONLY, group

ROOT = Path(__file__).parents[1]
NAMES = [name for name in COMMANDS if name not in TERMINAL_ONLY]
USES = re.compile(r"^\s*(?:- )?uses:\s*(?P<target>\S+)(?P<comment>.*)$", re.MULTILINE)
PIN = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
COVERED = {"help", "bearer", "watch"}
"""Options without an input: `health-token` is what the variable that --bearer names holds, and what
never ends is no step of a job."""

every_action = pytest.mark.parametrize("name", NAMES)


def action_file(name: str) -> Path:
    return ROOT / "actions" / name / "action.yml"


def described(name: str) -> dict[str, Any]:
    action: dict[str, Any] = yaml.safe_load(action_file(name).read_text())
    return action


def only_step(name: str) -> dict[str, Any]:
    (step,) = described(name)["runs"]["steps"]
    assert isinstance(step, dict)
    return step


def options(name: str) -> tuple[click.Context, list[click.Parameter]]:
    """What a command takes, and the context in which click looks up the variables of that."""
    outer = click.Context(group, auto_envvar_prefix="KEEPWELL")
    command = group.get_command(outer, name)
    assert command is not None
    context = click.Context(command, info_name=name, parent=outer)
    return context, command.params


@every_action
def test_it_is_small_and_only_calls_the_launcher(name: str) -> None:
    assert len(action_file(name).read_text().splitlines()) < 60
    step = only_step(name)
    assert described(name)["runs"]["using"] == "composite"
    assert step["shell"] == "bash"
    assert step["run"] == f'"$GITHUB_ACTION_PATH/../run" {name}'


@every_action
def test_inputs_and_outputs_are_described(name: str) -> None:
    action = described(name)
    for entry in (action, *action["inputs"].values(), *action["outputs"].values()):
        assert re.fullmatch(r"[A-Z].*\.", entry["description"]), entry
    assert all(isinstance(entry["default"], str) for entry in action["inputs"].values())


@every_action
def test_each_input_is_passed_by_one_variable(name: str) -> None:
    passed = [
        found
        for value in only_step(name)["env"].values()
        for found in re.findall(r"\binputs\.([\w-]+)", value)
    ]
    assert sorted(passed) == sorted(described(name)["inputs"])


@every_action
def test_each_variable_is_known_to_the_command(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    context, known = options(name)
    for variable in only_step(name)["env"]:
        if variable == "HEALTH_TOKEN":  # a secret, which the stack names
            continue
        with monkeypatch.context() as patch:
            patch.setenv(variable, "given")
            assert [option.name for option in known if option.resolve_envvar_value(context)], (
                variable
            )


@every_action
def test_each_option_of_the_command_has_an_input(name: str) -> None:
    _, known = options(name)
    flags = {flag.removeprefix("--") for option in known for flag in option.opts}
    assert flags - COVERED <= set(described(name)["inputs"])


@every_action
def test_each_output_comes_from_the_step(name: str) -> None:
    step = only_step(name)["id"]
    for output, entry in described(name)["outputs"].items():
        assert entry["value"] == f"${{{{ steps.{step}.outputs.{output} }}}}"


@pytest.mark.parametrize(
    "path",
    [*map(action_file, NAMES), *(ROOT / ".github" / "workflows").glob("*.yml")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_foreign_actions_are_pinned_and_no_script_holds_an_expression(path: Path) -> None:
    text = path.read_text()
    for match in USES.finditer(text):
        if not match["target"].startswith("$/actions/"):
            assert PIN.fullmatch(match["target"]), match[0]
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", match["comment"]), match[0]
    for script in re.findall(r"^\s*(?:- )?run:(.*(?:\n\s{10,}.*)*)", text, re.MULTILINE):
        assert "${{" not in script
