"""Faults of the service's own instances: what only one of them meets, restarts, and stopping."""

import signal
from collections.abc import Generator, Sequence

from tests.faults.health.on_lines import broken
from tests.faults.health.scenario import (
    STARTING,
    STOPPING,
    Play,
    Scenario,
    local,
    shared,
    unseen,
)
from tests.faults.health.stage import Setup, Stage


def _restarted(name: str) -> Play:
    """The service is deployed anew while a dependency is away."""

    def _play(stage: Stage) -> Generator[None]:
        server = stage.postgres if name == "postgres" else stage.redis
        server.kill()
        stage.restart_app()
        yield
        server.start()

    return _play


def _killed_with_peer(stage: Stage) -> Generator[None]:
    stage.postgres.kill()
    yield
    stage.postgres.start()


def _redeployed(stage: Stage) -> Generator[None]:
    stage.restart_app()
    stage.is_met = True
    yield


def _told_to_stop(stage: Stage) -> Generator[None]:
    stage.signal_app(signal.SIGTERM)
    yield
    stage.restart_app()


_ALONE = {name: Setup(lines=frozenset({name}), has_peer=True) for name in ("postgres", "redis")}


def _starting(name: str) -> Scenario:
    return Scenario(
        name=f"{name} is away, and the service is restarted",
        play=_restarted(name),
        strict=STARTING,
        ready=STARTING,
        failing={name: "refused"},
    )


ON_INSTANCES: Sequence[Scenario] = (
    local(
        "one instance of two is refused by postgres",
        broken("postgres", "refused"),
        setup=_ALONE["postgres"],
        postgres="refused",
    ),
    local(
        "one instance of two hears nothing of postgres",
        broken("postgres", "muted"),
        setup=_ALONE["postgres"],
        postgres="timeout",
    ),
    shared(
        "one instance of two hears nothing of redis, by which they tell each other",
        broken("redis", "muted"),
        setup=_ALONE["redis"],
        redis="timeout",
    ),
    shared(
        "both instances are refused by postgres",
        _killed_with_peer,
        setup=Setup(has_peer=True),
        postgres="refused",
    ),
    _starting("postgres"),
    _starting("redis"),
    unseen("the service is deployed anew", _redeployed),
    Scenario(
        name="the service is told to stop (SIGTERM)",
        play=_told_to_stop,
        strict=STOPPING,
        ready=STOPPING,
        settles_s=0.5,
        holds_s=2.0,
    ),
)
