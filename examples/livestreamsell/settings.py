"""What the service is told by its environment, checked once at the start.

It never asks the environment itself: `main` and `worker` hand it over. What /health must know it
reads on its own (`keepwell.health.Settings`).
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field


class MissingSettingsError(Exception):
    """Variables that must be set are not; the message names all of them, and no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Settings of the intake. `app_secrets` holds two while the secret is rotated at Meta."""

    redis_url: str = field(repr=False)
    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)
    stream: str = "webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """Settings of the worker.

    `deadline_s` bounds one call of the model with all its retries. An entry that was silent for
    `abandoned_after_s` belongs to nobody, so that must be longer.
    """

    redis_url: str = field(repr=False)
    stream: str = "webhooks"
    group: str = "ai-workers"
    consumer: str = "worker"
    lanes: int = 16
    model_delay_s: float = 1.0
    deadline_s: float = 30.0
    abandoned_after_s: float = 60.0
    max_deliveries: int = 5

    def __post_init__(self) -> None:
        if self.abandoned_after_s <= self.deadline_s:
            raise ValueError("abandoned_after_s must be longer than deadline_s")

    @property
    def replies(self) -> str:
        """The stream of replies, each with the id of the entry that it answers."""
        return f"{self.stream}:replies"

    @property
    def dead_letters(self) -> str:
        """The stream of entries that failed too often."""
        return f"{self.stream}:dead"


def web_settings(environment: Mapping[str, str]) -> WebSettings:
    """The settings of the intake; an empty variable counts as unset.

    Raises:
        MissingSettingsError: with the names of all that is missing.
    """
    names = ("REDIS_URL", "META_APP_SECRET", "META_VERIFY_TOKEN")
    redis_url, secret, verify_token = _require(environment, *names)
    former_secret = environment.get("META_APP_SECRET_PREVIOUS")
    return WebSettings(
        redis_url=redis_url,
        app_secrets=(secret, former_secret) if former_secret else (secret,),
        verify_token=verify_token,
        stream=environment.get("WEBHOOK_STREAM") or "webhooks",
    )


def worker_settings(environment: Mapping[str, str]) -> WorkerSettings:
    """The settings of the worker; an empty variable counts as unset.

    Raises:
        MissingSettingsError: with the names of all that is missing.
    """
    (redis_url,) = _require(environment, "REDIS_URL")
    deadline_s = float(environment.get("LLM_DEADLINE_S") or 30.0)
    return WorkerSettings(
        redis_url=redis_url,
        stream=environment.get("WEBHOOK_STREAM") or "webhooks",
        group=environment.get("WORKER_GROUP") or "ai-workers",
        consumer=environment.get("RENDER_INSTANCE_ID") or socket.gethostname(),
        lanes=int(environment.get("WORKER_LANES") or 16),
        model_delay_s=float(environment.get("LLM_DELAY_S") or 1.0),
        deadline_s=deadline_s,
        abandoned_after_s=2 * deadline_s,
    )


def _require(environment: Mapping[str, str], *names: str) -> tuple[str, ...]:
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise MissingSettingsError(f"set {', '.join(missing)}")
    return tuple(environment[name] for name in names)
