"""What a workspace at Render is made of.

Shapes: https://api-docs.render.com/reference (read 2026-11).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(kw_only=True)
class Domain:
    """A custom domain. `due_at` is when Render looks whether its name resolves."""

    id: str
    name: str
    created_at: datetime
    due_at: datetime
    redirect_for: str = ""
    verified: bool = False


@dataclass(kw_only=True)
class Deploy:
    """One roll-out, somewhere between created and its end; `commit` is None for images."""

    id: str
    commit: str | None
    created_at: datetime
    trigger: str = "api"
    status: str = "created"
    begun_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(kw_only=True)
class Event:
    """Something that happened to a service."""

    id: str
    service: str
    type: str
    at: datetime
    details: dict[str, Any]


@dataclass(kw_only=True)
class Service:
    """One service, in Render's words; `details` are serviceDetails without autoscaling.

    `deploys` and `events` are newest first; `cpu` is what its metrics say it uses, in CPUs.
    """

    id: str
    name: str
    type: str
    created_at: datetime
    fields: dict[str, Any]
    details: dict[str, Any]
    env_vars: dict[str, str] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    deploys: list[Deploy] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    autoscaling: dict[str, Any] | None = None
    suspenders: list[str] = field(default_factory=list)
    cpu: float = 0.1

    @property
    def is_autoscaled(self) -> bool:
        """Whether autoscaling decides how many instances run."""
        return bool(self.autoscaling and self.autoscaling["enabled"])

    @property
    def running(self) -> int:
        """How many instances run: at rest the least that autoscaling allows."""
        if self.autoscaling and self.is_autoscaled:
            return int(self.autoscaling["min"])
        return int(self.details.get("numInstances", 1))


@dataclass(kw_only=True)
class Group:
    """One environment group, and the ids of the services that it is linked to."""

    id: str
    name: str
    created_at: datetime
    env_vars: dict[str, str] = field(default_factory=dict)
    services: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Store:
    """One key-value store; `fields` are region, plan, maxmemory_policy, ipAllowList."""

    id: str
    name: str
    created_at: datetime
    fields: dict[str, Any]


@dataclass(kw_only=True)
class Sync:
    """One sync of the Blueprint; `error` says why it failed, which the API does not."""

    id: str
    commit: str
    started_at: datetime
    state: str = "success"
    error: str = ""
