import signal
import subprocess
import sys

import click
import pytest

from keepwell.cli import COMMANDS, group, main
from keepwell.errors import CouldNotTell, Problem, StackError, UsageError
from keepwell.runner import Runner
from tests.worlds import err, make_world, out


def raising(error: BaseException) -> click.Command:
    """A command that ends as the test wants."""

    @click.command()
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (UsageError("no", hint="do", see="README.md#x"), 2, "error: no\nhint:  do\nsee:   README.md#x\n"),
        (CouldNotTell("later"), 3, "error: later\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (RuntimeError("boom"), 70, "This is a bug in keepwell"),
        (
            StackError("1 problem", problems=[Problem(path="s", line=1, column=2, message="m\x1b", hint="h")]),
            2,
            "s:1:2: m\\x1b\n  hint: h\nerror: 1 problem\n",
        ),
    ],
)  # fmt: skip
def test_each_end_has_its_code_and_words(error: BaseException, code: int, text: str):
    world = make_world()
    assert main([], world=world, root=raising(error)) == code
    assert text in err(world)
    assert out(world) == ""


def test_on_a_runner_errors_are_annotated():
    world = make_world(runner=Runner(is_github=True))
    main([], world=world, root=raising(UsageError("no\nway")))
    assert out(world) == "::error title=keepwell::no%0Away\n"


def test_a_bug_does_not_print_a_secret():
    world = make_world(environ={"T": "hunter2hunter2"})
    world.secret("T")
    assert main([], world=world, root=raising(RuntimeError("token hunter2hunter2"))) == 70
    assert "hunter2" not in err(world)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"]])
def test_help_and_version_pass(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments, world=make_world()) == 0
    assert "keepwell" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--nope"], ["generate", "--nope"]])
def test_wrong_usage_is_two(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments, world=make_world()) == 2
    assert "--nope" in capsys.readouterr().err


def test_a_command_that_is_nearly_right_is_suggested(capsys: pytest.CaptureFixture[str]):
    assert main(["keepalive"], world=make_world()) == 2
    assert "Did you mean 'keep-alive'?" in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_of_a_command_is_the_first_line_of_its_help(name: str):
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert (command.help or "").splitlines()[0] == COMMANDS[name]


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from keepwell.cli import main; main(['--help']);"
        "print([m for m in ('httpx', 'jinja2', 'pydantic', 'yaml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_sigterm_ends_with_143():
    code = (
        "import os, signal, click; from keepwell import cli\n"
        "@click.command()\n"
        "def command(): os.kill(os.getpid(), signal.SIGTERM); signal.pause()\n"
        "raise SystemExit(cli.main([], root=command))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=20)
    assert done.returncode == 128 + signal.SIGTERM
