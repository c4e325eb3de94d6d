"""Options of the commands that plan: which documents, which vendors, what was said yes to.

Apart from `options`, because what they need takes time to import.
"""

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from keepwell.commands.planning import Scope
from keepwell.decisions.guard import Allowance

P = ParamSpec("P")
R = TypeVar("R")


def only_option(function: Callable[P, R]) -> Callable[P, R]:
    """--only VENDOR[,...]."""
    return click.option(
        "--only",
        metavar="VENDOR[,...]",
        help="Ask these vendors alone. Without it: every one that the stack uses.",
    )(function)


def scope_options(function: Callable[P, R]) -> Callable[P, R]:
    """--documents, --only, --allow-delete and --allow-large."""
    documents = click.option(
        "--documents",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Take generated documents from this folder instead of generating them.",
    )
    allow_delete = click.option(
        "--allow-delete",
        metavar="ADDRESS[,...]",
        help="What may be deleted, as the plan names it; `all` spares MX, TXT, NS and CAA.",
    )
    allow_large = click.option(
        "--allow-large", is_flag=True, help="Change over 30 % of what a vendor holds."
    )
    return documents(only_option(allow_delete(allow_large(function))))


def names_of(text: str | None) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def scope_of(  # noqa: PLR0913 - one for each option
    *,
    stack: Path,
    environment: str | None,
    documents: Path | None,
    only: str | None,
    allow_delete: str | None,
    allow_large: bool,
) -> Scope:
    """The scope that these options name."""
    return Scope(
        stack=stack,
        environment=environment,
        documents=documents,
        only=names_of(only),
        allowed=Allowance(deletions=names_of(allow_delete), large=allow_large),
    )
