"""Policies: one rule about a stack or its documents per file, pure. POLICIES is the list.

A policy's class docstring is its title; the docstring of its method explains it. Both appear in
the README. A policy yields one Finding per thing it looked at, or one PASS for all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from keepwell.model.document import Document
from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding
from keepwell.policies.budgets import Budgets
from keepwell.policies.dns import Dns
from keepwell.policies.firewall_plan import FirewallPlan
from keepwell.policies.health_check_path import HealthCheckPath
from keepwell.policies.machine_paths import MachinePaths
from keepwell.policies.origin_bypass import OriginBypass
from keepwell.policies.plans import Plans
from keepwell.policies.regions import Regions
from keepwell.policies.render_blueprint import RenderBlueprint
from keepwell.policies.render_rules import RenderRules
from keepwell.policies.scaling import Scaling
from keepwell.policies.secrets import Secrets
from keepwell.policies.tls_legs import TlsLegs
from keepwell.policies.worker_isolation import WorkerIsolation


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
    "worker_isolation": WorkerIsolation(),
    "plans": Plans(),
    "render_rules": RenderRules(),
    "render_blueprint": RenderBlueprint(),
    "health_check_path": HealthCheckPath(),
    "origin_bypass": OriginBypass(),
    "tls_legs": TlsLegs(),
    "dns": Dns(),
    "machine_paths": MachinePaths(),
    "firewall_plan": FirewallPlan(),
    "secrets": Secrets(),
    "budgets": Budgets(),
}
