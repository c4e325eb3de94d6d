import json

from keepwell.cli import main
from tests.worlds import err, make_world, out


def test_the_schema_is_printed_and_nothing_else():
    world = make_world()
    assert main(["schema"], world=world) == 0
    assert json.loads(out(world))["title"] == "stack.yaml"
    assert err(world) == ""


def test_the_schema_takes_no_arguments():
    world = make_world()
    assert main(["schema", "extra"], world=world) == 2
    assert out(world) == ""
