"""What the service is told by its environment, checked once at the start.

It never asks the environment itself: `main` and `worker` hand it over. What /health must know it
reads on its own (`keepwell.health.Settings`).
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from examples.livestreamsell.llm import Behaviour, fault_named

# What a stop needs after the drain: to give back, to send what is written, to close. A part of it
# is left for the process itself to end in, before it is killed.
_LEAVE_TIME_S = 5.0
_LEAVE_SHARE = 0.8

_PRUNE_EVERY_S = 600.0


class MissingSettingsError(Exception):
    """Variables that must be set are not; the message names all of them, and no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Settings of the intake. `app_secrets` holds two while the secret is rotated at Meta.

    `mirror_url` is the database that keeps each webhook too; empty when none does.
    Every `prune_every_s` it loses what is too old to be asked for.
    """

    redis_url: str = field(repr=False)
    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)
    stream: str = "webhooks"
    mirror_url: str = field(default="", repr=False)
    prune_every_s: float = _PRUNE_EVERY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """Settings of the worker.

    `lanes` calls of the model run at a time, `lanes_per_tenant` of them for one tenant; beyond
    them up to `in_hand` entries wait for their turn. `deadline_s` bounds one call. An entry that
    nobody kept alive for `abandoned_after_s` belongs to nobody. `drain_s` is what a stop may take
    to finish work, `leave_s` what it may take after that, whatever is away by then.
    Every `prune_every_s` the outbox loses what was sent long ago.
    """

    redis_url: str = field(repr=False)
    database_url: str = field(repr=False)
    stream: str = "webhooks"
    group: str = "ai-workers"
    consumer: str = "worker"
    lanes: int = 16
    lanes_per_tenant: int = 4
    in_hand: int = 128
    behaviour: Behaviour = field(default_factory=Behaviour)
    deadline_s: float = 30.0
    max_attempts: int = 5
    backoff_s: float = 1.0
    abandoned_after_s: float = 15.0
    max_deliveries: int = 5
    replies_kept: int = 10_000
    drain_s: float = 25.0
    leave_s: float = 4.0
    prune_every_s: float = _PRUNE_EVERY_S

    def __post_init__(self) -> None:
        if self.in_hand < self.lanes:
            raise ValueError("in_hand must not be less than lanes")

    @property
    def replies(self) -> str:
        """The stream of replies, each with the id of the entry that it answers."""
        return f"{self.stream}:replies"

    @property
    def dead_letters(self) -> str:
        """The stream of what got no reply, with the reason."""
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
        mirror_url=_mirror_url(environment),
    )


def _mirror_url(environment: Mapping[str, str]) -> str:
    if environment.get("MIRROR_TO_POSTGRES", "").lower() not in {"1", "true", "yes"}:
        return ""
    (url,) = _require(environment, "DATABASE_URL")
    return url


def worker_settings(environment: Mapping[str, str]) -> WorkerSettings:
    """The settings of the worker; an empty variable counts as unset.

    Raises:
        MissingSettingsError: with the names of all that is missing.
        ValueError: one has a value that no worker could work with.
    """
    redis_url, database_url = _require(environment, "REDIS_URL", "DATABASE_URL")
    lanes = _at_least_one(environment, "WORKER_LANES", default=16)
    shutdown_delay_s = float(environment.get("SHUTDOWN_DELAY_S") or 30.0)
    leave_time_s = min(_LEAVE_TIME_S, shutdown_delay_s / 2)
    return WorkerSettings(
        redis_url=redis_url,
        database_url=database_url,
        stream=environment.get("WEBHOOK_STREAM") or "webhooks",
        group=environment.get("WORKER_GROUP") or "ai-workers",
        consumer=environment.get("RENDER_INSTANCE_ID") or f"{socket.gethostname()}-{os.getpid()}",
        lanes=lanes,
        lanes_per_tenant=_at_least_one(environment, "TENANT_LANES", default=4),
        in_hand=8 * lanes,
        behaviour=_behaviour(environment),
        deadline_s=float(environment.get("LLM_DEADLINE_S") or 30.0),
        max_attempts=_at_least_one(environment, "LLM_ATTEMPTS", default=5),
        backoff_s=float(environment.get("LLM_BACKOFF_S") or 1.0),
        abandoned_after_s=float(environment.get("ABANDONED_AFTER_S") or 15.0),
        replies_kept=_at_least_one(environment, "REPLIES_KEPT", default=10_000),
        drain_s=shutdown_delay_s - leave_time_s,
        leave_s=leave_time_s * _LEAVE_SHARE,
    )


def _behaviour(environment: Mapping[str, str]) -> Behaviour:
    faulty_calls = environment.get("LLM_FAULTY_CALLS")
    return Behaviour(
        delay_s=float(environment.get("LLM_DELAY_S") or 1.0),
        fault=fault_named(environment.get("LLM_FAULT") or ""),
        faulty_calls=int(faulty_calls) if faulty_calls else None,
        retry_after_s=float(environment.get("LLM_RETRY_AFTER_S") or 1.0),
    )


def _at_least_one(environment: Mapping[str, str], name: str, *, default: int) -> int:
    number = int(environment.get(name) or default)
    if number < 1:
        raise ValueError(f"{name} must be at least 1")
    return number


def _require(environment: Mapping[str, str], *names: str) -> tuple[str, ...]:
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise MissingSettingsError(f"set {', '.join(missing)}")
    return tuple(environment[name] for name in names)
