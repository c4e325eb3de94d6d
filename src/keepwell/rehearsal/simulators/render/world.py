"""What one workspace at Render holds, and how it changes by itself as time passes.

Source: https://render.com/docs/deploys and https://render.com/docs/custom-domains (read 2026-11).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.render.ids import make_id
from keepwell.rehearsal.simulators.render.things import (
    Deploy,
    Domain,
    Event,
    Group,
    Service,
    Store,
    Sync,
)

OWNER = {
    "id": make_id("tea", "livestreamsell"),
    "name": "LiveStreamSell",
    "email": "owner@livestreamsell.example",
    "type": "team",
}
PLANS = ("free", "starter", "standard", "pro", "pro_plus", "pro_max", "pro_ultra")
DEPLOY_STEPS = ("created", "build_in_progress", "update_in_progress", "live")
MOVING = ("queued", *DEPLOY_STEPS[:-1])
_OUTCOMES = {"live": ("succeeded", 2), "canceled": ("canceled", 4)}


class World:
    """A workspace. Everything may be changed by hand; that is what people do in the dashboard.

    `resolves` tells whether a host's DNS points at Render. A domain is verified once it does and
    `verify_after_s` have passed since it was added, or since it was asked for again. `step_s` is
    how long a deploy stays in one status, and `outcomes` maps names of services to how their
    deploys end, which is live unless told. One deploy of a service goes at a time: a newer one
    waits, or, with `overrides_deploys`, cancels it. `queues_deploys` makes every answer to a deploy
    202 with an empty body, as it is when one is under way. `drops` are names that a sync leaves out
    without a word.
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
        self.outcomes: dict[str, str] = {}
        self.queues_deploys = False
        self.overrides_deploys = False
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
        self.tell(self.service(name), "service_suspended", {"actor": by})

    def tell(
        self, service: Service, type_: str, details: dict[str, Any], *, at: datetime | None = None
    ) -> None:
        """Notes what happened to a service, now unless told when."""
        id = make_id("evt", service.id, len(service.events))  # noqa: A001 - Render's word
        at = at or self.clock.now()
        event = Event(id=id, service=service.id, type=type_, at=at, details=details)
        service.events.insert(0, event)

    def add_domains(self, service: Service, name: str) -> list[Domain]:
        """Adds a domain, unverified; to an apex its www as well, and the other way round."""
        names = [name]
        if name.startswith("www."):
            names.append(name.removeprefix("www."))
        elif name.count(".") == 1:
            names.append(f"www.{name}")
        return [
            self._add_domain(service, each, redirect_for=name if each != name else "")
            for each in names
        ]

    def _add_domain(self, service: Service, name: str, *, redirect_for: str) -> Domain:
        now = self.clock.now()
        domain = Domain(
            id=make_id("cdm", service.id, name),
            name=name,
            created_at=now,
            due_at=now + timedelta(seconds=self.verify_after_s),
            redirect_for=redirect_for,
        )
        return service.domains.setdefault(name, domain)

    def check_again(self, domain: Domain) -> None:
        """Lets Render look at a domain again, unless it is about to."""
        now = self.clock.now()
        if domain.due_at <= now:
            domain.due_at = now + timedelta(seconds=self.verify_after_s)

    def add_deploy(self, service: Service, *, commit: str | None, trigger: str) -> Deploy:
        """Begins a roll-out, or lets it wait."""
        if self.overrides_deploys:
            for each in service.deploys:
                if each.status in MOVING:
                    self.end(service, each, status="canceled")
        deploy = Deploy(
            id=make_id("dep", service.id, len(service.deploys)),
            commit=commit,
            created_at=self.clock.now(),
            trigger=trigger,
        )
        service.deploys.insert(0, deploy)
        return deploy

    def end(
        self, service: Service, deploy: Deploy, *, status: str, at: datetime | None = None
    ) -> None:
        """Ends a roll-out; what was live before one that is live now is no longer."""
        for each in service.deploys:
            if status == "live" and each.status == "live":
                each.status = "deactivated"
        deploy.status, deploy.ended_at = status, at or self.clock.now()
        outcome, number = _OUTCOMES.get(status, ("failed", 3))
        told = {"deployId": deploy.id, "reason": {}, "deployStatus": outcome, "status": number}
        self.tell(service, "deploy_ended", told, at=deploy.ended_at)

    def settle(self) -> None:
        """Lets happen what happens by itself: called before every answer."""
        for service in self.services.values():
            for domain in service.domains.values():
                is_due = self.clock.now() >= domain.due_at
                domain.verified = domain.verified or (is_due and self.resolves(domain.name))
            self._roll(service)

    def _roll(self, service: Service) -> None:
        """Moves the oldest deploy on; of those that wait for it, only the newest will go."""
        moving = [each for each in reversed(service.deploys) if each.status in MOVING]
        while moving and self._advance(service, moving.pop(0)):
            pass
        for each in moving[:-1]:
            self.end(service, each, status="canceled")
        for each in moving[-1:]:
            each.status = "queued"

    def _advance(self, service: Service, deploy: Deploy) -> bool:
        """Moves a deploy on from when the service was free for it; whether that was its end."""
        if deploy.begun_at is None:
            ends = [each.ended_at for each in service.deploys if each.ended_at is not None]
            deploy.begun_at = max([deploy.created_at, *ends])
            told = {"deployId": deploy.id, "trigger": _why(deploy)}
            self.tell(service, "deploy_started", told, at=deploy.begun_at)
        ended_at = deploy.begun_at + timedelta(seconds=self.step_s * (len(DEPLOY_STEPS) - 1))
        if self.clock.now() >= ended_at:
            status = self.outcomes.get(service.name, "live")
            self.end(service, deploy, status=status, at=ended_at)
            return True
        passed_s = (self.clock.now() - deploy.begun_at).total_seconds()
        deploy.status = DEPLOY_STEPS[int(passed_s / self.step_s)]
        return False


def _why(deploy: Deploy) -> dict[str, bool]:
    names = ("firstBuild", "envUpdated", "manual", "deployedByRender", "clearCache", "rollback")
    return {name: deploy.trigger == name for name in names}
