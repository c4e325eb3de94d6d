"""The GitHub repository that this process works for, if it has a token for one."""

from collections.abc import Iterator
from contextlib import contextmanager

from keepwell.clients.base import Api
from keepwell.clients.github import TERMS, GitHub
from keepwell.commands.wiring import World
from keepwell.errors import UsageError

_TOKEN = "GITHUB_TOKEN"  # noqa: S105 - the variable's name


@contextmanager
def opened_repository(world: World) -> Iterator[GitHub | None]:
    """The repository while the block lasts; None without GITHUB_TOKEN and GITHUB_REPOSITORY."""
    token, repository = world.secret(_TOKEN), world.runner.repository
    if token is None or repository is None:
        yield None
        return
    api = Api(
        TERMS,
        token=token,
        clock=world.clock,
        base_url=world.runner.api_url or "",
        progress=world.console.progress,
        redact=world.console.redact,
    )
    try:
        yield GitHub(api, clock=world.clock, repository=repository)
    finally:
        api.close()


@contextmanager
def needed_repository(world: World, *, why: str) -> Iterator[GitHub]:
    """The repository while the block lasts.

    Raises:
        UsageError: there is none; `why` says what it is needed for.
    """
    with opened_repository(world) as repository:
        if repository is None:
            raise UsageError(
                f"{why} needs a GitHub repository",
                hint=f"set {_TOKEN} and GITHUB_REPOSITORY, as a workflow's job has them",
                see="README.md#tokens-and-permissions",
            )
        yield repository
