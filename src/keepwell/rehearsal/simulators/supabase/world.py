"""What one project at Supabase holds, and how it wakes.

Shapes and statuses: https://api.supabase.com/api/v1 (read 2026-11).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.supabase.auth_config import default_auth_config

WAKING = ("RESTORING", "COMING_UP")
ASLEEP = ("INACTIVE", "PAUSING", "RESTORE_FAILED")


@dataclass(kw_only=True)
class Function:
    """An Edge Function."""

    slug: str
    verify_jwt: bool = True
    version: int = 1
    entrypoint: str = "index.ts"
    source: bytes = b""
    name: str = ""


class World:
    """A project. Everything may be changed by hand.

    A restore takes `restore_s`; where `bounces` is set, it ends where it began, as some do.
    `missing` are the permissions that a scoped token lacks.
    """

    def __init__(self, *, clock: Clock, project: str, region: str) -> None:
        self.clock = clock
        self.project = project
        self.region = region
        self.status = "ACTIVE_HEALTHY"
        self.restore_s = 120.0
        self.bounces = False
        self.missing: set[str] = set()
        self.enforces_ssl = False
        self.entitled = True
        self.cidrs: dict[str, list[str]] = {
            "dbAllowedCidrs": ["0.0.0.0/0"],
            "dbAllowedCidrsV6": ["::/0"],
        }
        self.auth = default_auth_config()
        self.pooler: dict[str, Any] = {"default_pool_size": None, "pool_mode": "transaction"}
        self.postgrest: dict[str, Any] = {
            "db_schema": "public,graphql_public",
            "max_rows": 1000,
            "db_extra_search_path": "public,extensions",
            "db_pool": None,
        }
        self.functions: dict[str, Function] = {"customer-keys": Function(slug="customer-keys")}
        self.most_functions = 100
        self.secrets: dict[str, str] = {}
        self._restoring_since: datetime | None = None

    @property
    def is_asleep(self) -> bool:
        """Whether the project is paused, or is falling asleep or waking."""
        return self.status in (*ASLEEP, *WAKING)

    def pause(self) -> None:
        """What a week without use does to a project of the free plan."""
        self.status = "INACTIVE"
        self._restoring_since = None

    def restore(self) -> None:
        """Begins to wake the project."""
        self.status = "RESTORING"
        self._restoring_since = self.clock.now()

    def settle(self) -> None:
        """Lets happen what happens by itself: called before every answer."""
        if self._restoring_since is None:
            return
        passed_s = (self.clock.now() - self._restoring_since).total_seconds()
        if passed_s >= self.restore_s:
            self.status = "INACTIVE" if self.bounces else "ACTIVE_HEALTHY"
            self._restoring_since = None
        elif passed_s >= self.restore_s / 2:
            self.status = "COMING_UP"

    def digest(self, name: str) -> str:
        """What the API shows of a secret. That it is a SHA-256 is not documented."""
        return hashlib.sha256(self.secrets[name].encode()).hexdigest()
