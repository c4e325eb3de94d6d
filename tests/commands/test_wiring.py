import io

import pytest

from keepwell.commands.wiring import real_world
from keepwell.runner import Runner
from tests.worlds import err, make_world, out


def test_a_secret_never_reaches_either_stream():
    world = make_world(environ={"TOKEN": "hunter2hunter2"})
    assert world.secret("TOKEN") == "hunter2hunter2"
    world.console.result("got hunter2hunter2\n")
    world.console.warn("again hunter2hunter2")
    world.console.annotate("::error::hunter2hunter2\n")
    assert "hunter2" not in out(world) + err(world)
    assert out(world).count("***") == 2


def test_an_empty_secret_counts_as_unset():
    assert make_world(environ={"TOKEN": ""}).secret("TOKEN") is None
    assert make_world().secret("TOKEN") is None


def test_a_secret_is_masked_at_the_runner_before_it_is_used():
    world = make_world(environ={"TOKEN": "hunter2hunter2"}, runner=Runner(is_github=True))
    world.secret("TOKEN")
    world.secret("TOKEN")
    assert err(world) == "::add-mask::hunter2hunter2\n"


def test_neither_secrets_nor_the_environment_stand_in_a_repr():
    world = make_world(environ={"TOKEN": "hunter2hunter2"})
    world.secret("TOKEN")
    assert "hunter2" not in repr(world)


@pytest.mark.parametrize("line", ["::add-mask::x", "  ::error::x", "a ##[error] b"])
def test_text_from_outside_cannot_command_the_runner(line: str):
    world = make_world(runner=Runner(is_github=True))
    world.console.result(f"body:\n{line}\n")
    written = out(world).splitlines()[-1]
    assert not written.lstrip().startswith("::")
    assert "##[" not in written


def test_progress_can_be_silenced_and_warnings_cannot():
    world = make_world().silenced()
    world.console.progress("working")
    world.console.warn("mind")
    assert err(world) == "mind\n"


def test_the_real_world_is_this_machine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KEEPWELL_TEST_VARIABLE", "here")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    world = real_world()
    assert world.environ["KEEPWELL_TEST_VARIABLE"] == "here"
    assert not world.runner.is_github
    assert not isinstance(world.console.out, io.StringIO)
