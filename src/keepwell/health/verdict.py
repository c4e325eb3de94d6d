"""From the readings of one survey to the two answers: /health is strict, /readyz fails open. Pure.

A database that is away is away for every instance. Were each of them to fail the path that Render
polls, it would take them all out of rotation after 15 s and restart them after 60 s, which mends
nothing; so a shared fault is a warning there. Before its first pass an instance is held back: a
release that cannot reach its database must not replace one that can.

Source: https://render.com/docs/health-checks (read 2026-11)
"""

from collections.abc import Collection, Sequence

from keepwell.health.reading import Reading, Scope, Status


def judge_health(readings: Sequence[Reading]) -> Status:
    """The worst of the readings."""
    seen = {reading.status for reading in readings}
    return next(status for status in (Status.FAIL, Status.WARN, Status.PASS) if status in seen)


def judge_readiness(
    readings: Sequence[Reading], *, has_passed: bool, only_here: Collection[str]
) -> Status:
    """The same until the first pass; from then on only a fault of this instance fails.

    `only_here` names the components of shared scope that other instances reach.
    """
    strict = judge_health(readings)
    if strict is not Status.FAIL or not has_passed:
        return strict
    failed = [reading for reading in readings if reading.status is Status.FAIL]
    is_ours = any(each.scope is Scope.LOCAL or each.component in only_here for each in failed)
    return Status.FAIL if is_ours else Status.WARN
