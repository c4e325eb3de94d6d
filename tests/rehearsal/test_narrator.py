"""The narrator: colour only on a terminal that wants it, and no line that moves a cursor."""

import io
from dataclasses import replace

import pytest

from keepwell.commands.wiring import World
from keepwell.rehearsal.narrator import Narrator
from keepwell.rehearsal.scenario import Step
from tests.worlds import err, make_world


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(**environ: str) -> World:
    world = make_world(environ=environ)
    return replace(world, console=replace(world.console, err=Terminal()))


def tell(world: World) -> str:
    narrator = Narrator(world)
    narrator.title("begins")
    narrator.line("said \x1b[2J")
    narrator.step(Step(expected="up", observed="up"))
    narrator.step(Step(expected="up", observed=""))
    return err(world)


@pytest.mark.parametrize(
    ("world", "has_colour"),
    [(make_world(), False), (on_terminal(), True), (on_terminal(NO_COLOR="1"), False)],
    ids=["file", "terminal", "no-color"],
)
def test_colour_is_for_terminals_that_want_it(world: World, has_colour: bool) -> None:  # noqa: FBT001
    assert ("\x1b[32m" in tell(world)) == has_colour


def test_what_was_said_cannot_move_the_cursor() -> None:
    assert "\\x1b[2J" in tell(make_world())
    assert "\x1b[2J" not in tell(on_terminal())


def test_a_step_that_showed_nothing_says_so() -> None:
    told = tell(make_world())
    assert "✔ up" in told
    assert "✘ nothing" in told
    assert "expected up" in told


def test_every_line_carries_the_seconds_that_passed() -> None:
    assert all(" s  " in line for line in tell(make_world()).splitlines() if line)
