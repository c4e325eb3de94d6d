"""Secrets of a change, put in right before it is sent."""

from typing import Any

from keepwell.errors import UsageError
from keepwell.model.plan import Change
from keepwell.model.secret import Lookup, resolve


def resolved(change: Change, value: Any, *, lookup: Lookup) -> Any:
    """The JSON value of a change, with each secret in the place of its reference.

    Raises:
        UsageError: one is not at hand.
    """
    try:
        return resolve(value, lookup=lookup)
    except KeyError as missing:
        (name,) = missing.args
        raise UsageError(
            f"{change.address} needs the variable {name}, which is not set",
            hint=f"set {name} from the place that keeps it",
        ) from None
