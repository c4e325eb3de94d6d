"""`keepwell schema`: the JSON Schema of the stack file, for editors. Reads no stack."""

import click

from keepwell.commands.wiring import World
from keepwell.errors import EXIT_PASS
from keepwell.stackfile.schema import format_schema


@click.command("schema")
@click.pass_obj
def command(world: World) -> int:
    """Prints the JSON Schema of the stack file."""
    world.console.result(format_schema())
    return EXIT_PASS
