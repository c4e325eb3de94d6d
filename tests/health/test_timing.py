from datetime import UTC, datetime

import pytest

from keepwell.health import Health, Settings
from keepwell.health.reading import ErrorClass, Reading
from keepwell.health.timing import server_timing
from tests.health.asking import ManualClock, OwnCheck, ask

AT = datetime(2026, 11, 24, tzinfo=UTC)


def reading(component: str, *, took_ms=None, error=None) -> Reading:
    return Reading(
        component=component, component_type="system", at=AT, round_trip_ms=took_ms, error=error
    )


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([reading("db", took_ms=1.23456)], b"db;dur=1.235"),
        ([reading("db", took_ms=0.0), reading("q", took_ms=2.0)], b"db;dur=0.000, q;dur=2.000"),
        ([reading("db", error=ErrorClass.STALE_SCHEMA)], b'db;desc="stale_schema"'),
        ([reading('ö "x";y,z', took_ms=1.0)], b"___x__y_z;dur=1.000"),
    ],
)
def test_each_component_is_a_metric(readings, expected):
    assert server_timing(readings) == expected


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("authorization", "expected"), [(b"Bearer t0ken", "queue;dur=1.500"), (None, None)]
)
@pytest.mark.parametrize("path", ["/health", "/readyz"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_it_is_for_those_who_may_see_details(path, method, authorization, expected):
    health = Health([OwnCheck()], settings=Settings(health_token="t0ken"), clock=ManualClock())
    answer = await ask(health, path, method=method, authorization=authorization)
    assert answer.headers.get("server-timing") == expected
