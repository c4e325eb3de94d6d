"""What /health must know, and the only place that reads it from the environment."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from keepwell.health.budget import CHECK_S, TOTAL_S

_SECRETS = frozenset({"database_url", "redis_url", "health_token"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settings:
    """Where the dependencies are, who may see details, and how long a reading may take and count.

    An empty string means "not set". Without `health_token` nobody sees details. `require_tls` is
    about Postgres; `has_metrics` turns /metrics on. `drain_s` is how long an ASGI server goes on
    after SIGTERM while /health says "stopping"; keep it under the delay after which Render kills.
    Source: https://render.com/docs/deploys#zero-downtime-deploys (read 2026-11)
    """

    database_url: str = ""
    redis_url: str = ""
    health_token: str = ""
    release_id: str = ""
    instance_id: str = ""
    require_tls: bool = False
    has_metrics: bool = False
    drain_s: float = 0.0
    check_timeout_s: float = CHECK_S
    total_timeout_s: float = TOTAL_S
    ttl_s: float = 1.0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """The settings that the variables of `environ` (None: of this process) hold.

        DATABASE_URL, REDIS_URL and HEALTH_TOKEN are the user's; RENDER_GIT_COMMIT and
        RENDER_INSTANCE_ID are Render's, elsewhere the host's name stands for the instance.
        HEALTH_REQUIRE_TLS and HEALTH_METRICS say yes as 1, true or yes; HEALTH_DRAIN_S is a number.
        Source: https://render.com/docs/environment-variables (read 2026-11)
        """
        variables = os.environ if environ is None else environ  # noqa: TID251 - the one place
        return cls(
            database_url=variables.get("DATABASE_URL", "").strip(),
            redis_url=variables.get("REDIS_URL", "").strip(),
            health_token=variables.get("HEALTH_TOKEN", "").strip(),
            release_id=variables.get("RENDER_GIT_COMMIT", "").strip(),
            instance_id=variables.get("RENDER_INSTANCE_ID", "").strip() or socket.gethostname(),
            require_tls=_is_yes(variables.get("HEALTH_REQUIRE_TLS", "")),
            drain_s=float(variables.get("HEALTH_DRAIN_S", "").strip() or 0.0),
            has_metrics=_is_yes(variables.get("HEALTH_METRICS", "")),
        )

    def __repr__(self) -> str:
        shown = (f"{each.name}={self._masked(each.name)}" for each in fields(self))
        return f"Settings({', '.join(shown)})"

    def _masked(self, name: str) -> str:
        value = getattr(self, name)
        return "***" if value and name in _SECRETS else repr(value)


def _is_yes(value: str) -> bool:
    return value.strip().lower() in {"1", "true", "yes"}
