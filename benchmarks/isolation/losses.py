"""Kills everything in the middle of the load, and compares what was acknowledged with its effects.

Two workers, the intake, Redis and Postgres run as in production, the mirror included; a worker, the
intake, Redis and Postgres die by SIGKILL, one after the other, and come back. A webhook may come
more than once; what was answered with 200 must have been answered exactly once in the end.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.isolation.stage import STREAM, Service, Stage, load, wait_until, wait_until_open
from examples.livestreamsell.events import read_events
from keepwell.clock import SystemClock

_AWAY_S = 0.5
_DRAINS_WITHIN_S = 300.0
_TRIES = 60

_QUICK = {
    "LLM_DELAY_S": "0.05",
    "ABANDONED_AFTER_S": "2",
    "REPLIES_KEPT": "10000000",
    "MIRROR_TO_POSTGRES": "true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What the checker found. `refused` are the first tries that did not get their 200."""

    sent: int
    refused: int
    acknowledged: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    not_mirrored: tuple[str, ...]


def lost(acknowledged: Iterable[str], *, effects: Counter[str]) -> tuple[str, ...]:
    """What was acknowledged and had no effect."""
    return tuple(sorted(name for name in acknowledged if not effects[name]))


def twice(effects: Counter[str]) -> tuple[str, ...]:
    """What had more than one effect, acknowledged or not."""
    return tuple(sorted(name for name, times in effects.items() if times > 1))


def measure_losses(stage: Stage, *, rate: int, seconds: float) -> Losses:
    """Runs the load, kills one after the other, waits until all is worked off, and compares."""
    intake, port = stage.intake_service(**_QUICK)
    first, second = stage.worker(**_QUICK), stage.worker(**_QUICK)
    with intake.running(), first.running(), second.running():
        wait_until_open(port)
        with load(port, rate=rate, seconds=seconds, prefix="kill", tries=_TRIES) as wait:
            clock = SystemClock()
            for kill, start in _victims(stage, intake=intake, worker=first):
                clock.sleep(max(seconds / 5 - _AWAY_S, 0))
                kill()
                clock.sleep(_AWAY_S)
                start()
            loaded = wait()
        wait_until(lambda: _is_drained(stage), within_s=_DRAINS_WITHIN_S, what="the drain")
    effects = stage.effects()
    acknowledged = [f"messaging:{name}" for name in loaded.acknowledged]
    mirrored = Counter(
        event.id
        for (body,) in stage.rows("SELECT body FROM webhook_inbox")
        for event in read_events(body)
    )
    return Losses(
        sent=len(loaded.first),
        refused=loaded.not_200,
        acknowledged=len(acknowledged),
        lost=lost(acknowledged, effects=effects),
        twice=twice(effects),
        not_mirrored=lost(acknowledged, effects=mirrored),
    )


def _victims(
    stage: Stage, *, intake: Service, worker: Service
) -> list[tuple[Callable[[], None], Callable[[], None]]]:
    """How each dies and comes back, in this order."""
    return [
        (worker.kill, worker.start),
        (intake.kill, intake.start),
        (stage.redis.kill, stage.redis.start),
        (stage.postgres.kill, stage.postgres.start),
    ]


def _is_drained(stage: Stage) -> bool:
    if stage.on_redis(lambda queue: queue.xlen(STREAM)):
        return False
    return stage.rows("SELECT count(*) FROM reply_outbox WHERE sent_at IS NULL") == [(0,)]
