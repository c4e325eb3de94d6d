"""What one workspace at Render holds, and how it changes by itself as time passes.

Shapes: https://api-docs.render.com/reference (read 2026-11).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.render.ids import make_id

OWNER = {
    "id": make_id("tea", "livestreamsell"),
    "name": "LiveStreamSell",
    "email": "owner@livestreamsell.example",
    "type": "team",
}

DEPLOY_STEPS = ("created", "build_in_progress", "update_in_progress", "live")
_TERMINAL = ("live", "deactivated", "build_failed", "update_failed", "canceled")


@dataclass(kw_only=True)
class Domain:
    """A custom domain. It is verified some time after its name resolves to Render."""

    id: str
    name: str
    created_at: datetime
    verified: bool = False


@dataclass(kw_only=True)
class Deploy:
    """One roll-out, somewhere between created and its end."""

    id: str
    commit: str | None
    created_at: datetime
    trigger: str = "api"
    status: str = "created"


@dataclass(kw_only=True)
class Service:
    """One service, in Render's words; `details` are serviceDetails without autoscaling."""

    id: str
    name: str
    type: str
    created_at: datetime
    fields: dict[str, Any]
    details: dict[str, Any]
    env_vars: dict[str, str] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    deploys: list[Deploy] = field(default_factory=list)
    autoscaling: dict[str, Any] | None = None
    suspenders: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Group:
    """One environment group."""

    id: str
    name: str
    created_at: datetime
    env_vars: dict[str, str] = field(default_factory=dict)
    services: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Store:
    """One key-value store."""

    id: str
    name: str
    created_at: datetime
    fields: dict[str, Any]


@dataclass(kw_only=True)
class Sync:
    """One sync of the Blueprint."""

    id: str
    commit: str
    started_at: datetime
    state: str = "success"


class World:
    """A workspace. Everything may be changed by hand; that is what people do in the dashboard.

    `resolves` tells whether a host's DNS points at Render; a domain is verified once it does and
    `verify_after_s` have passed. `step_s` is how long a deploy stays in one status.
    `queues_deploys` makes the answer to a deploy 202 with an empty body, as Render does when one is
    under way. `drops` are names that a sync leaves out without a word.
    """

    def __init__(self, *, clock: Clock) -> None:
        self.clock = clock
        self.services: dict[str, Service] = {}
        self.groups: dict[str, Group] = {}
        self.stores: dict[str, Store] = {}
        self.syncs: list[Sync] = []
        self.outbound = ["74.220.48.0/24", "74.220.56.0/24"]
        self.resolves: Callable[[str], bool] = lambda _: True
        self.verify_after_s = 0.0
        self.step_s = 5.0
        self.queues_deploys = False
        self.drops: set[str] = set()

    def service(self, name: str) -> Service:
        """The service of that name."""
        return next(each for each in self.services.values() if each.name == name)

    def group(self, name: str) -> Group:
        """The environment group of that name."""
        return next(each for each in self.groups.values() if each.name == name)

    def store(self, name: str) -> Store:
        """The key-value store of that name."""
        return next(each for each in self.stores.values() if each.name == name)

    def suspend(self, name: str, *, by: str = "billing") -> None:
        """Suspends a service, as Render does when a bill is not paid."""
        self.service(name).suspenders.append(by)

    def add_domain(self, service: Service, name: str) -> Domain:
        """Adds a domain, unverified."""
        domain = Domain(id=make_id("cdm", service.id, name), name=name, created_at=self.clock.now())
        return service.domains.setdefault(name, domain)

    def add_deploy(self, service: Service, *, commit: str | None, trigger: str) -> Deploy:
        """Begins a roll-out."""
        deploy = Deploy(
            id=make_id("dep", service.id, len(service.deploys)),
            commit=commit,
            created_at=self.clock.now(),
            trigger=trigger,
        )
        service.deploys.insert(0, deploy)
        return deploy

    def settle(self) -> None:
        """Lets happen what happens by itself: called before every answer."""
        for service in self.services.values():
            for domain in service.domains.values():
                self._verify(domain)
            for deploy in service.deploys:
                self._advance(deploy)

    def _verify(self, domain: Domain) -> None:
        due_at = domain.created_at + timedelta(seconds=self.verify_after_s)
        if self.clock.now() >= due_at and self.resolves(domain.name):
            domain.verified = True

    def _advance(self, deploy: Deploy) -> None:
        if deploy.status in _TERMINAL:
            return
        passed_s = (self.clock.now() - deploy.created_at).total_seconds()
        step = min(int(passed_s / self.step_s), len(DEPLOY_STEPS) - 1)
        deploy.status = DEPLOY_STEPS[step]
