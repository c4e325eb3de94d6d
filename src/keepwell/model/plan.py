"""What would change: changes, the batches in which they are sent, and the plan they make up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from keepwell.errors import KeepwellError
from keepwell.model.resource import Observation, Resource


class Action(StrEnum):
    """What is done to a resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One resource that is not as it should be.

    `before` and `after` hold the fields that differ, and only those; `before` is empty for a
    CREATE, `after` for a DELETE. `resource` is the desired one, for a DELETE the observed one;
    `id` is the vendor's own of what exists, else empty. `by` says who makes the change:
    keepwell, or the vendor itself ("Render's next sync"), which apply then waits for.
    """

    action: Action
    resource: Resource
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    id: str = ""
    by: str = "keepwell"

    @property
    def address(self) -> str:
        """Names the resource among all."""
        return self.resource.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Changes that are sent as one, in one call or as one unit: a zone's records, a phase's rules.

    `waits_for` names hosts that Render must have verified first.
    """

    vendor: str
    kind: str
    changes: Sequence[Change]
    waits_for: Sequence[str] = ()

    @property
    def title(self) -> str:
        """Names the batch for people: the address of its change, or their number."""
        if len(self.changes) == 1:
            return f"{self.changes[0].action} {self.changes[0].address}"
        return f"change {len(self.changes)} of {self.vendor} {self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All changes, in the order in which they are to be made, and what they were derived from.

    `digest` is a hash of the changes alone: two plans with the same digest do the same.
    """

    batches: Sequence[Batch]
    observations: Sequence[Observation]
    digest: str

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of all batches, in order."""
        return tuple(change for batch in self.batches for change in batch.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What became of a plan: batches done, the one that failed with its error, those not begun.

    What a failed batch did before it failed is not known: the next observation shows it. An `error`
    without a failed batch says that this observation failed.
    """

    done: Sequence[Batch] = ()
    failed: Batch | None = None
    error: KeepwellError | None = None
    waiting: Sequence[Batch] = ()
