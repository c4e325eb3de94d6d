"""Playing: what agrees, what does not, and what that is worth. The scenarios here need no stage."""

from collections.abc import Generator, Sequence
from typing import cast

import pytest

from keepwell.commands.conclude import conclude
from keepwell.rehearsal.narrator import Narrator
from keepwell.rehearsal.playing import Played, play, report
from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage
from tests.worlds import err, make_world, out

NO_STAGE = cast("Stage", None)


def scenario(expected: Sequence[str], observed: Sequence[str]) -> Scenario:
    def observe(_: Stage) -> Generator[str]:
        yield from observed

    return Scenario(title="something is done", expected=expected, play=observe)


def played(expected: Sequence[str], observed: Sequence[str]) -> Played:
    [only] = play(
        {"some": scenario(expected, observed)}, stage=NO_STAGE, narrator=Narrator(make_world())
    )
    return only


@pytest.mark.parametrize(
    ("expected", "observed", "steps"),
    [
        (["a", "b"], ["a", "b"], [("a", "a"), ("b", "b")]),
        (["a", "b"], ["a", "c"], [("a", "a"), ("b", "c")]),
        (["a", "b"], ["a"], [("a", "a"), ("b", "")]),
        (["a"], ["a", "b"], [("a", "a"), ("", "b")]),
        (["a"], [], [("a", "")]),
    ],
)
def test_steps_are_compared_one_by_one(
    expected: list[str], observed: list[str], steps: list[tuple[str, str]]
) -> None:
    result = played(expected, observed)
    assert [(step.expected, step.observed) for step in result.steps] == steps
    assert result.agrees == (expected == observed)


@pytest.mark.parametrize(("observed", "code"), [(["a", "b"], 0), (["a", "c"], 1), (["a"], 1)])
def test_one_scenario_that_disagrees_is_enough_for_exit_1(observed: list[str], code: int) -> None:
    world = make_world()
    results = [played(["x"], ["x"]), played(["a", "b"], observed)]
    assert conclude(report(results, took_s=1.0), world=world) == code


def test_the_table_has_a_row_for_each_step_and_says_where_it_disagrees() -> None:
    world = make_world()
    conclude(report([played(["a", "b"], ["a", "c"])], took_s=1.0), world=world)
    rows = [line.split() for line in out(world).splitlines()]
    assert ["some", "a", "a", "yes"] in rows
    assert ["b", "c", "NO"] in rows
    assert "expected 'b', observed 'c'" in out(world)
    assert "FAIL: 0 of 1 scenarios agree, played in 1 s" in out(world)


def test_each_step_is_told_as_soon_as_it_is_observed() -> None:
    world = make_world()
    told: list[str] = []

    def observe(_: Stage) -> Generator[str]:
        yield "a"
        told.append(err(world))
        yield "c"

    odd = Scenario(title="something is done", expected=["a", "b"], play=observe)
    play({"some": odd}, stage=NO_STAGE, narrator=Narrator(world))
    assert "some: something is done" in told[0]
    assert "✔ a" in told[0]
    assert "✘ c" in err(world)
    assert "expected b" in err(world)
