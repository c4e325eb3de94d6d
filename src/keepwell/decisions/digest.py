"""The digest of a plan: the same changes give the same digest, any other change another one."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from keepwell.model.plan import Action, Change

LENGTH = 40

_SEEN_AS_WANTED = {"env-var", "env-group-var", "edge-secret", "vault-secret", "rule", "job"}
"""Kinds whose values are only ever told against those that are wanted: secrets may be in them."""


def digest(changes: Sequence[Change], *, where: Sequence[str]) -> str:
    """The first 40 hex digits of a SHA-256 over where the changes are made and what they are.

    It is the same whether the vendors were asked now, or a stored observation tells what they had:
    the order of the changes, the vendors' ids, the time, what a deleted thing held, and what an
    observation tells only against what is wanted, do not count.

    Args:
        changes: what `diff` found.
        where: names the stack, its environment and its places at the vendors.
    """
    facts = sorted(
        _spelled([change.action, change.address, _before(change), change.after])
        for change in changes
    )
    text = "\n".join([_spelled(list(where)), *facts])
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def _before(change: Change) -> dict[str, Any]:
    if change.action is Action.DELETE or change.resource.kind in _SEEN_AS_WANTED:
        return {}
    return {name: value for name, value in change.before.items() if not isinstance(value, Mapping)}


def _spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=list)
