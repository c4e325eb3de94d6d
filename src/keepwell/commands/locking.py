"""One apply at a time: a lock that all machines see, where there is a repository to hold it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from keepwell.clients.github import GitHub, Lock
from keepwell.commands.repository import opened_repository
from keepwell.commands.wiring import World
from keepwell.errors import ApiError
from keepwell.model.stack import Stack


@contextmanager
def locked(stack: Stack, *, world: World, breaks: bool = False) -> Iterator[None]:
    """Holds the stack's lock while the block lasts; says so where nothing can hold it.

    Args:
        stack: whose environment is locked.
        world: whose repository holds the lock.
        breaks: takes the lock from whoever has it.

    Raises:
        Refused: somebody else has it.
    """
    name = f"{stack.name}-{stack.environment}"
    with opened_repository(world) as repository:
        if repository is None:
            world.console.warn(
                "no lock: GITHUB_TOKEN and GITHUB_REPOSITORY are not set, so nothing stops a "
                "second apply but Cloudflare's versions (best effort)"
            )
            yield
            return
        if breaks:
            repository.break_lock(name)
        lock = repository.take_lock(name, owner=world.runner.run_url or _somebody())
        try:
            yield
        finally:
            _give_back(repository, lock, world=world)


def _somebody() -> str:
    """Names a holder that is no run, so that no two are taken for one."""
    return f"a terminal ({secrets.token_hex(4)})"


def _give_back(repository: GitHub, lock: Lock, *, world: World) -> None:
    """Says so where it cannot be given back: what the apply itself said counts more."""
    try:
        repository.give_back(lock)
    except ApiError as error:
        world.console.warn(
            f"the lock {lock.name} was not given back: {error.message}; "
            "take it with --break-lock next time"
        )
