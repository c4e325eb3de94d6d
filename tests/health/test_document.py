from datetime import UTC, datetime, timedelta, timezone

import pytest

from keepwell.health.document import details, encode, summary
from keepwell.health.reading import Criticality, ErrorClass, Reading, Status

AT = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"status": Status.PASS}, b'{"status":"pass"}'),
        ({"status": Status.WARN}, b'{"status":"warn"}'),
        ({"status": Status.PASS, "release_id": "abc"}, b'{"status":"pass","releaseId":"abc"}'),
        ({"status": Status.FAIL, "release_id": "abc"}, b'{"status":"fail","releaseId":"abc"}'),
        ({"status": Status.FAIL, "notes": ["starting"]}, b'{"status":"fail","notes":["starting"]}'),
    ],
)
def test_the_summary_holds_status_release_and_notes(arguments, expected):
    assert encode(summary(**arguments)) == expected


def test_details_follow_the_draft():
    readings = (
        Reading(component="postgres", component_type="datastore", at=AT, round_trip_ms=0.123456),
        Reading(component="redis", component_type="datastore", at=AT, error=ErrorClass.OOM),
    )
    assert details(readings, instance_id="srv-1", uptime_s=12.345) == {
        "instanceId": "srv-1",
        "uptime_s": 12.3,
        "checks": {
            "postgres:responseTime": [
                {
                    "componentType": "datastore",
                    "status": "pass",
                    "time": "2026-11-24T12:00:00.123Z",
                    "observedValue": 0.123,
                    "observedUnit": "ms",
                }
            ],
            "redis:responseTime": [
                {
                    "componentType": "datastore",
                    "status": "fail",
                    "time": "2026-11-24T12:00:00.123Z",
                    "output": "oom",
                }
            ],
        },
    }


def test_times_are_told_in_utc():
    at = AT.astimezone(timezone(timedelta(hours=5)))
    reading = Reading(component="x", component_type="system", at=at, round_trip_ms=1.0)
    told = details([reading], instance_id="", uptime_s=0)["checks"]["x:responseTime"][0]["time"]
    assert told == "2026-11-24T12:00:00.123Z"


def test_a_failure_that_only_warns_is_told_as_a_warning():
    reading = Reading(
        component="x",
        component_type="component",
        at=AT,
        error=ErrorClass.ABSENT,
        criticality=Criticality.WARN,
    )
    (told,) = details([reading], instance_id="", uptime_s=0)["checks"]["x:responseTime"]
    assert (told["status"], told["output"]) == ("warn", "absent")
