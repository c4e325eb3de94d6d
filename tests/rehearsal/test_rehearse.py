"""The command, as a process of its own: what it shows, its exit code, and that nothing is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from keepwell.cli import main
from keepwell.clock import SystemClock
from keepwell.errors import UsageError
from keepwell.rehearsal.rehearse import chosen
from keepwell.rehearsal.scenarios import SCENARIOS
from keepwell.rehearsal.servers.watchdog import processes_of
from tests.worlds import err, make_world, out

STACK = Path(__file__).parents[2] / "stack.yaml"
LONG_S = 180.0


def eventually(holds: Callable[[], bool], *, within_s: float = 20.0) -> bool:
    clock = SystemClock()
    give_up_s = clock.monotonic_s() + within_s
    while not holds() and clock.monotonic_s() < give_up_s:
        clock.sleep(0.05)
    return holds()


@contextmanager
def rehearsing(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """`keepwell rehearse` from a folder that is nobody's checkout, temporary files in another."""
    (folder / "tmp").mkdir()
    (folder / "elsewhere").mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "keepwell", "rehearse", *arguments],
        cwd=folder / "elsewhere",
        env={"PATH": os.defpath, "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: "subprocess.Popen[str]", text: str) -> list[str]:
    lines: list[str] = []
    for line in process.stderr or ():
        lines.append(line)
        if text in line:
            break
    return lines


@pytest.mark.slow
def test_every_scenario_agrees_and_nothing_is_left(tmp_path: Path) -> None:
    with rehearsing(tmp_path) as process:
        progress = read_until(process, "old-revision:")
        family = processes_of(process.pid)
        printed, rest = process.communicate(timeout=LONG_S)
    told = "".join(progress) + rest
    assert process.returncode == 0, told
    rows = [line.split("  ") for line in printed.splitlines() if line.endswith(("yes", "NO"))]
    assert len(rows) == sum(len(each.expected) for each in SCENARIOS.values())
    assert {row[-1].strip() for row in rows} == {"yes"}
    assert [row[0] for row in rows if row[0]] == list(SCENARIOS)
    assert f"PASS: {len(SCENARIOS)} of {len(SCENARIOS)} scenarios agree" in printed
    assert "\x1b[" not in told + printed
    assert len(family) > 5
    assert eventually(lambda: not any(processes_of(each) for each in family))
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.slow
def test_keepwells_own_words_stand_beside_each_step(tmp_path: Path) -> None:
    with rehearsing(tmp_path, "redis-killed") as process:
        _, told = process.communicate(timeout=LONG_S)
    assert process.returncode == 0
    assert "keepwell keep-alive: FAIL" in told
    assert "keepwell verify: FAIL, unhealthy" in told
    assert "'redis:responseTime' 'fail'" in told
    assert told.index("✔ keep-alive: down (redis)") < told.index("✔ keep-alive: up")


@pytest.mark.slow
def test_a_stack_of_which_keepwell_says_something_else_disagrees_and_exits_1(
    tmp_path: Path,
) -> None:
    stack = yaml.safe_load(STACK.read_text())
    stack["render"]["region"] = "oregon"
    (tmp_path / "stack.yaml").write_text(yaml.safe_dump(stack))
    arguments = ["configuration", "cold-start", "--stack", str(tmp_path / "stack.yaml")]
    with rehearsing(tmp_path, *arguments) as process:
        printed, told = process.communicate(timeout=LONG_S)
    assert process.returncode == 1, told
    assert "expected 'generate: exit 0', observed 'generate: exit 1'" in printed
    assert "FAIL: 1 of 2 scenarios agree" in printed
    assert "✘ generate: exit 1" in told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_interrupted_while_postgres_is_frozen_it_leaves_nothing(
    how: signal.Signals, code: int, tmp_path: Path
) -> None:
    with rehearsing(tmp_path, "postgres-frozen") as process:
        read_until(process, "postgres-frozen:")
        family = processes_of(process.pid)
        process.send_signal(how)
        process.communicate(timeout=LONG_S)
    assert process.returncode == code
    assert len(family) > 5
    assert eventually(lambda: not any(processes_of(each) for each in family))
    if how is not signal.SIGKILL:
        assert list((tmp_path / "tmp").iterdir()) == []


def test_the_list_names_every_scenario_and_plays_none() -> None:
    world = make_world()
    assert main(["rehearse", "--list"], world=world) == 0
    assert [line.split()[0] for line in out(world).splitlines()] == list(SCENARIOS)
    assert all(each.title in out(world) for each in SCENARIOS.values())


def test_an_unknown_scenario_is_refused_with_those_that_there_are() -> None:
    world = make_world()
    assert main(["rehearse", "meteor"], world=world) == 2
    assert "there is no scenario 'meteor'" in err(world)
    assert "redis-killed" in err(world)


def test_scenarios_are_played_in_the_order_in_which_they_are_named() -> None:
    assert list(chosen(["well", "configuration"])) == ["well", "configuration"]
    assert list(chosen([])) == list(SCENARIOS)
    with pytest.raises(UsageError):
        chosen(["well", "meteor"])


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_says_what_it_does_and_expects(name: str) -> None:
    assert SCENARIOS[name].title
    assert SCENARIOS[name].expected
