"""Carries out a plan, batch by batch, and keeps account of what was done and what was not.

It decides nothing: the plan is made, judged and agreed on before.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from keepwell.commands.vendors import Vendor
from keepwell.commands.wiring import World
from keepwell.decisions.diff import RENDER_SYNC
from keepwell.errors import CouldNotTell, KeepwellError, UsageError
from keepwell.model.plan import Account, Batch, Plan
from keepwell.model.secret import names_in
from keepwell.store.journal import Journal


@runtime_checkable
class Verifier(Protocol):
    """A vendor that can tell when a host's domain is verified: Render."""

    def await_verified(self, hosts: Sequence[str]) -> None:
        """Waits until every host is verified."""
        ...


def refuse_missing_secrets(plan: Plan, *, lookup: Callable[[str], str | None]) -> None:
    """Refuses before anything is sent, where a value that must be sent is not at hand.

    Raises:
        UsageError: names every variable that is not set.
    """
    needed = {name for change in plan.changes for name in names_in(dict(change.after))}
    missing = sorted(name for name in needed if lookup(name) is None)
    if missing:
        raise UsageError(
            f"not at hand: {', '.join(missing)}; nothing was changed",
            hint="set each as an environment variable of this name, from the place that keeps it",
            see="README.md#secrets",
        )


def execute(
    plan: Plan, *, vendors: Mapping[str, Vendor], world: World, journal: Journal
) -> Account:
    """Sends every batch in order and stops at the first that fails."""
    done: list[Batch] = []
    for position, batch in enumerate(plan.batches, start=1):
        world.console.progress(f"{position}/{len(plan.batches)} {batch.title}{_note(batch)}")
        journal.write("sending", batch.title, at=world.clock.now())
        try:
            _await_hosts(batch, vendors=vendors)
            vendors[batch.vendor].apply(batch)
        except KeepwellError as error:
            journal.write("failed", batch.title, at=world.clock.now())
            return Account(done=done, failed=batch, error=error, waiting=plan.batches[position:])
        journal.write("done", batch.title, at=world.clock.now())
        done.append(batch)
    return Account(done=done)


def _note(batch: Batch) -> str:
    if any(change.by == RENDER_SYNC for change in batch.changes):
        return f" (waits for {RENDER_SYNC})"
    return f" (once verified: {', '.join(batch.waits_for)})" if batch.waits_for else ""


def _await_hosts(batch: Batch, *, vendors: Mapping[str, Vendor]) -> None:
    if not batch.waits_for:
        return
    render = vendors.get("render")
    if not isinstance(render, Verifier):
        raise CouldNotTell(
            f"whether Render has verified {', '.join(batch.waits_for)} is not known",
            hint="apply with Render among the vendors, so that it can be asked",
        )
    render.await_verified(batch.waits_for)
