"""What stands, or should stand, at a vendor: resources, and what was observed of them.

A desired Resource names only the fields that keepwell manages; an observed one holds at least
those. Both spell fields alike, so that they can be compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from keepwell.model.verdict import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing at a vendor.

    `vendor` is a name in VENDORS ("render"), `kind` a word of ours ("env-var"), `key` names the
    thing among its kind for people and for good ("api/LOG_LEVEL"). `fields` are JSON values;
    secrets stand in them as `model.secret` says. `id` is the vendor's own, empty where there is
    none or the resource does not exist yet. `is_ours` says that keepwell made it: only then may it
    be deleted once it is no longer desired.
    """

    vendor: str
    kind: str
    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    is_ours: bool = True

    @property
    def address(self) -> str:
        """Names the resource among all: "render env-var api/LOG_LEVEL"."""
        return f"{self.vendor} {self.kind} {self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one vendor had, when it was asked.

    `fixed` tells why a resource, by its address, cannot be changed here and now ("not available on
    the plan free"): it is reported and left alone. `uncompared` names the secrets whose values were
    not at hand, so that they could not be compared. `findings` say what a reader must know besides
    (a suspended service, foreign rules). `calls` counts the requests, retries included.
    """

    vendor: str
    resources: Sequence[Resource] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    uncompared: Sequence[str] = ()
    findings: Sequence[Finding] = ()
    calls: int = 0
    taken_at: datetime
