from pathlib import Path

from keepwell.stackfile import load

STACK = Path(__file__).parents[2] / "stack.yaml"


def test_each_environment_stands_somewhere_else():
    production, staging = (
        load(STACK, environment=name).stack.where for name in ("production", "staging")
    )
    assert production == (
        "livestreamsell",
        "production",
        "livestreamsell.example",
        "livestreamsellprodaa",
    )
    assert not set(production[1:]) & set(staging[1:])
