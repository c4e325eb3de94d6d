"""The digest of a plan: the same changes give the same digest, any other change another one."""

import hashlib
import json
from collections.abc import Sequence

from keepwell.model.plan import Change

LENGTH = 40


def digest(changes: Sequence[Change]) -> str:
    """The first 40 hex digits of a SHA-256 over what the changes are, and over nothing else.

    The order of the changes, the vendors' ids and the time do not count.
    """
    facts = sorted(
        json.dumps(
            [change.action, change.address, change.before, change.after],
            sort_keys=True,
            ensure_ascii=False,
            default=list,
        )
        for change in changes
    )
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:LENGTH]
