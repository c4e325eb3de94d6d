"""Policies: one rule about a stack or its documents per file, pure. POLICIES is the list.

A policy's class docstring is its title; the docstring of its method explains it. Both appear in
the README. A policy yields one Finding per thing it looked at, or one PASS for all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from keepwell.model.document import Document
from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding
from keepwell.policies.health_check_path import HealthCheckPath
from keepwell.policies.origin_bypass import OriginBypass
from keepwell.policies.regions import Regions
from keepwell.policies.scaling import Scaling


@runtime_checkable
class StackPolicy(Protocol):
    """A rule that is judged before anything is generated."""

    def on_stack(self, stack: Stack) -> Iterable[Finding]:
        """The findings about the declared stack."""
        ...


@runtime_checkable
class DocumentPolicy(Protocol):
    """A rule that is judged on what was generated."""

    def on_documents(self, documents: Sequence[Document]) -> Iterable[Finding]:
        """The findings about the generated documents."""
        ...


Policy = StackPolicy | DocumentPolicy

POLICIES: Mapping[str, Policy] = {
    "regions": Regions(),
    "scaling": Scaling(),
    "health_check_path": HealthCheckPath(),
    "origin_bypass": OriginBypass(),
}
