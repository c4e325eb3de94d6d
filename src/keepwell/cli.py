"""The command line: the group, its global options, and the one handler of errors.

Commands are imported when they run, so that `keepwell --help` needs nothing but click.
"""

import difflib
import importlib
import platform
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType

import click

from keepwell.commands.wiring import World, real_world
from keepwell.errors import (
    EXIT_BUG,
    EXIT_INTERRUPTED,
    EXIT_TERMINATED,
    EXIT_USAGE,
    KeepwellError,
    StackError,
)
from keepwell.reports.escaping import visible
from keepwell.version import VERSION

COMMANDS = {
    "generate": "Generates the vendors' configuration from the stack file.",
    "plan": "Shows what would change at every vendor, and changes nothing.",
    "apply": "Makes the changes of a plan, those and no others, and proves that they hold.",
    "secrets": "Shows which secret is missing where, and brings it there.",
    "observe": "Stores what every vendor has, without secrets, to plan against later.",
    "verify": "Proves that a revision serves and is deeply healthy.",
    "scale": "Gives a service as many instances as its queue asks for.",
    "keep-alive": "Asks every target of the stack once and records the answers.",
    "schema": "Prints the JSON Schema of the stack file.",
    "rehearse": "Runs the whole loop on this machine, faults included.",
}
TERMINAL_ONLY = ("schema", "rehearse")
"""Commands without an action."""

_MODULES = {"rehearse": "keepwell.rehearsal.rehearse"}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        default = f"keepwell.commands.{cmd_name.replace('-', '_')}"
        command = importlib.import_module(_MODULES.get(cmd_name, default)).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name}: `command` is not a click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and (near := difflib.get_close_matches(args[0], COMMANDS, n=1)):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"auto_envvar_prefix": "KEEPWELL", "help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 pass, 1 the answer is no, 2 usage or configuration, 3 could not tell, "
    "70 a bug of ours.",
)
@click.option("--no-progress", is_flag=True, help="Silence progress on stderr.")
@click.version_option(VERSION, prog_name="keepwell")
@click.pass_context
def group(ctx: click.Context, *, no_progress: bool) -> None:
    """Keeps a stack on Render, Supabase and Cloudflare well."""
    if no_progress:
        ctx.obj = ctx.obj.silenced()


def main(
    arguments: Sequence[str] | None = None,
    *,
    world: World | None = None,
    root: click.Command = group,
) -> int:
    """Runs one command and answers its exit code; every error ends here."""
    signal.signal(signal.SIGTERM, _terminate)
    world = world or real_world()
    try:
        code = root.main(arguments, prog_name="keepwell", standalone_mode=False, obj=world)
        return int(code or 0)
    except KeepwellError as error:
        _report_expected(error, world=world)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        world.console.warn("interrupted")
        return EXIT_INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever is left is a bug, and says so
        _report_bug(world)
        return EXIT_BUG


def _terminate(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise SystemExit(EXIT_TERMINATED)


def _report_expected(error: KeepwellError, *, world: World) -> None:
    problems = error.problems if isinstance(error, StackError) else ()
    for problem in problems:
        world.console.warn(visible(str(problem)))
        if problem.hint:
            world.console.warn(f"  hint: {visible(problem.hint)}")
    world.console.warn(f"error: {visible(error.message)}")
    for label, text in (("hint:", error.hint), ("see:", error.see)):
        if text:
            world.console.warn(f"{label:<6} {visible(text)}")
    if world.runner.is_github:
        from keepwell.reports.as_github import format_error  # noqa: PLC0415 - only on a runner

        world.console.annotate(format_error(error, problems=problems))


def _report_bug(world: World) -> None:
    world.console.warn(visible(traceback.format_exc()))
    world.console.warn(
        f"This is a bug in keepwell {VERSION} "
        f"(Python {platform.python_version()}, {sys.platform}); please report it."
    )
