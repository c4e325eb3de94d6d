from datetime import UTC, datetime

import pytest

from keepwell.health.reading import Criticality, ErrorClass, Reading, Scope, Status
from keepwell.health.verdict import judge_health, judge_readiness

AT = datetime(2026, 11, 24, tzinfo=UTC)


def reading(component: str, error: ErrorClass | None = None, **more) -> Reading:
    return Reading(component=component, component_type="datastore", at=AT, error=error, **more)


WELL = reading("postgres")
DOWN = reading("postgres", ErrorClass.REFUSED)
REDIS_DOWN = reading("redis", ErrorClass.REFUSED)
WARNS = reading("workers", ErrorClass.ABSENT, criticality=Criticality.WARN)
LOCAL = reading("loop", ErrorClass.LAGS, scope=Scope.LOCAL)
LOCAL_WARNS = reading("disk", ErrorClass.DISK_FULL, scope=Scope.LOCAL, criticality=Criticality.WARN)


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([WELL], Status.PASS),
        ([WELL, WARNS], Status.WARN),
        ([DOWN], Status.FAIL),
        ([WARNS, DOWN, WELL], Status.FAIL),
        ([WELL, LOCAL], Status.FAIL),
        ([LOCAL_WARNS], Status.WARN),
    ],
)
def test_health_is_the_worst_of_its_readings(readings, expected):
    assert judge_health(readings) is expected


@pytest.mark.parametrize(
    ("readings", "has_passed", "only_here", "expected"),
    [
        ([WELL], True, (), Status.PASS),
        ([WELL, WARNS], True, (), Status.WARN),
        ([DOWN], False, (), Status.FAIL),  # a release that never passed
        ([DOWN], True, (), Status.WARN),  # away for all
        ([DOWN, REDIS_DOWN], True, (), Status.WARN),
        ([DOWN], True, ("postgres",), Status.FAIL),  # others reach it
        ([DOWN], True, ("redis",), Status.WARN),
        ([DOWN, REDIS_DOWN], True, ("postgres",), Status.FAIL),
        ([WELL, LOCAL], True, (), Status.FAIL),
        ([DOWN, LOCAL], True, (), Status.FAIL),
        ([DOWN, LOCAL_WARNS], True, (), Status.WARN),
        ([WELL, WARNS], True, ("workers",), Status.WARN),  # it never fails, so it takes none out
        ([DOWN, WARNS], True, ("workers",), Status.WARN),
    ],
)
def test_readiness_fails_open_for_what_all_share(readings, has_passed, only_here, expected):
    assert judge_readiness(readings, has_passed=has_passed, only_here=only_here) is expected
