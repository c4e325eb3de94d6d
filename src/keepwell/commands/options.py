"""Options that several commands share, so that they read and behave alike."""

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from keepwell.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")


def format_option(function: Callable[P, R]) -> Callable[P, R]:
    """--format text|json|github."""
    return click.option(
        "--format",
        type=click.Choice(["text", "json", "github"]),
        help="How to print the report. Without it: github on a runner, else text.",
    )(function)


def stack_options(function: Callable[P, R]) -> Callable[P, R]:
    """--stack FILE and --environment NAME."""
    stack = click.option(
        "--stack",
        type=click.Path(path_type=Path),
        default=Path("stack.yaml"),
        show_default=True,
        help="The stack file.",
    )
    environment = click.option(
        "--environment", metavar="NAME", help="The environment of the stack; production without it."
    )
    return stack(environment(function))


def address_options(function: Callable[P, R]) -> Callable[P, R]:
    """--resolve HOST=ADDR and --ca FILE, as curl has them."""
    resolve = click.option(
        "--resolve",
        metavar="HOST=ADDR[,...]",
        help="Connect to ADDR (or ADDR:PORT) for HOST instead of asking DNS.",
    )
    ca = click.option(
        "--ca",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Trust the authorities in this PEM file instead of the system's.",
    )
    return resolve(ca(function))


def parse_resolve(text: str | None) -> dict[str, str]:
    """HOST=ADDR pairs, separated by commas, as a mapping.

    Raises:
        UsageError: a pair is not of that form.
    """
    pairs = [pair.strip().partition("=") for pair in (text or "").split(",") if pair.strip()]
    for host, _, address in pairs:
        if not host or not address:
            raise UsageError(
                f"--resolve: {host!r} is not HOST=ADDR",
                hint="write it as in --resolve api.example.com=127.0.0.1:8443",
            )
    return {host: address for host, _, address in pairs}
