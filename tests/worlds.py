"""Makes a World for tests: a manual clock, text streams, and whatever environment a test names."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from keepwell.clock import Clock, ManualClock
from keepwell.commands.wiring import Console, World
from keepwell.runner import Runner

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def make_world(
    *,
    environ: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    runner: Runner | None = None,
) -> World:
    """A world whose console writes to memory: `out(world)` and `err(world)` read it."""
    runner = runner or Runner()
    console = Console(out=io.StringIO(), err=io.StringIO(), is_github=runner.is_github)
    return World(
        clock=clock or ManualClock(NOON), runner=runner, console=console, environ=environ or {}
    )


def on_runner(folder: Path) -> Runner:
    """A runner whose files stand in `folder`."""
    return Runner(is_github=True, output_file=folder / "output", summary_file=folder / "summary.md")


def out(world: World) -> str:
    """What the command wrote to stdout."""
    assert isinstance(world.console.out, io.StringIO)
    return world.console.out.getvalue()


def err(world: World) -> str:
    """What the command wrote to stderr."""
    assert isinstance(world.console.err, io.StringIO)
    return world.console.err.getvalue()
