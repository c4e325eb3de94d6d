"""Carries out a plan, batch by batch, and keeps account of what was done and what was not.

It decides nothing: the plan is made, judged and agreed on before.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol, runtime_checkable

from keepwell.commands.vendors import Vendor
from keepwell.commands.wiring import World
from keepwell.decisions.diff import RENDER_SYNC
from keepwell.errors import KeepwellError, UsageError
from keepwell.model.plan import Account, Action, Batch, Plan
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

    A rule is sent whole, so what it holds besides the change is needed too.

    Raises:
        UsageError: names every variable that is not set.
    """
    needed = {
        name
        for change in plan.changes
        if change.action is not Action.DELETE
        for name in names_in(dict(change.resource.fields))
    }
    missing = sorted(name for name in needed if not lookup(name))
    if missing:
        raise UsageError(
            f"not at hand: {', '.join(missing)}; nothing of this plan was sent",
            hint="set each as an environment variable of this name, from the place that keeps it",
            see="README.md#secrets",
        )


def refuse_unverifiable(plan: Plan, *, vendors: Mapping[str, Vendor]) -> None:
    """Refuses before anything is sent, where a step waits for what nobody here can tell.

    Raises:
        UsageError: names the hosts that only Render can tell of.
    """
    hosts = sorted({host for batch in plan.batches for host in batch.waits_for})
    if hosts and not isinstance(vendors.get("render"), Verifier):
        raise UsageError(
            f"only Render knows whether {', '.join(hosts)} is verified; nothing was sent",
            hint="apply with render among the vendors of --only",
        )


def execute(
    plan: Plan, *, vendors: Mapping[str, Vendor], world: World, journal: Journal
) -> Account:
    """Sends every batch in order and stops at the first that fails, or cannot be told of."""
    done: list[Batch] = []
    for position, batch in enumerate(plan.batches, start=1):
        world.console.progress(f"{position}/{len(plan.batches)} {batch.title}{_note(batch)}")
        try:
            _send(batch, vendors=vendors, world=world, journal=journal)
        except KeepwellError as error:
            return Account(done=done, failed=batch, error=error, waiting=plan.batches[position:])
        done.append(batch)
    return Account(done=done)


def _send(batch: Batch, *, vendors: Mapping[str, Vendor], world: World, journal: Journal) -> None:
    journal.write("sending", batch.title, at=world.clock.now())
    try:
        _await_hosts(batch, vendors=vendors)
        vendors[batch.vendor].apply(batch)
    except KeepwellError:
        with suppress(UsageError):  # why the step failed counts more than its line
            journal.write("failed", batch.title, at=world.clock.now())
        raise
    journal.write("done", batch.title, at=world.clock.now())


def _note(batch: Batch) -> str:
    if any(change.by == RENDER_SYNC for change in batch.changes):
        return f" (waits for {RENDER_SYNC})"
    return f" (once verified: {', '.join(batch.waits_for)})" if batch.waits_for else ""


def _await_hosts(batch: Batch, *, vendors: Mapping[str, Vendor]) -> None:
    render = vendors.get("render")
    if batch.waits_for and isinstance(render, Verifier):
        render.await_verified(batch.waits_for)
