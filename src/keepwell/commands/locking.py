"""One apply at a time: a lock that all machines see, where there is a repository to hold it."""

from collections.abc import Iterator
from contextlib import contextmanager

from keepwell.commands.repository import opened_repository
from keepwell.commands.wiring import World
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
        lock = repository.take_lock(name, owner=world.runner.run_url or "a terminal")
        try:
            yield
        finally:
            repository.give_back(lock)
