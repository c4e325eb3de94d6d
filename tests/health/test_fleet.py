from datetime import UTC, datetime

import pytest

from keepwell.health.fleet import Fleet
from keepwell.health.reading import ErrorClass, Reading, Scope
from tests.health.asking import ManualClock

AT = datetime(2026, 11, 24, tzinfo=UTC)


class Recorder:
    """A pipeline that only writes down what it is told."""

    def __init__(self) -> None:
        self.commands: list[tuple[object, ...]] = []

    def __getattr__(self, name: str):
        def record(*words: object) -> Recorder:
            self.commands.append((name, *words))
            return self

        return record


def reading(name: str, error: ErrorClass | None = None, scope: Scope = Scope.SHARED) -> Reading:
    return Reading(component=name, component_type="datastore", at=AT, error=error, scope=scope)


def asked(fleet: Fleet) -> list[tuple[object, ...]]:
    recorder = Recorder()
    fleet.ask(recorder)
    return recorder.commands


@pytest.mark.parametrize(
    ("later_s", "expected"),
    [
        (0.0, [("psetex", "hc:fleet:db", 10_000, "srv-1")]),
        (4.0, [("psetex", "hc:fleet:db", 6_000, "srv-1")]),  # for no longer than it is true
        (10.0, []),
        (3600.0, []),
    ],
)
def test_a_pass_is_told_once_with_its_age(later_s, expected):
    clock = ManualClock()
    fleet = Fleet(instance_id="srv-1", clock=clock)
    fleet.note([reading("db")], took_s=0.0)
    clock.passed_s += later_s
    assert asked(fleet) == expected
    assert asked(fleet) == []


def test_a_local_check_is_nobody_elses_business():
    fleet = Fleet(instance_id="srv-1", clock=ManualClock())
    fleet.note([reading("loop", scope=Scope.LOCAL)], took_s=0.0)
    fleet.note([reading("loop", ErrorClass.LAGS, scope=Scope.LOCAL)], took_s=0.0)
    assert asked(fleet) == []


# It fails since a survey that took 1 s and ended 2 s ago: 3 s. A key lives for 10 s.
@pytest.mark.parametrize(
    ("who", "left_ms", "is_ours"),
    [
        (b"srv-2", 9_000, True),  # passed 1 s ago
        ("srv-2", 9_000, True),  # a client that decodes
        (b"srv-2", 7_001, True),
        (b"srv-2", 7_000, False),  # passed as it broke, or before
        (b"srv-2", 1, False),
        (b"srv-1", 9_000, False),  # our own word, from before
        (None, -2, False),
        (b"srv-2", -1, False),  # somebody's key without an end
    ],
)
def test_a_fault_is_ours_where_another_passed_since(who, left_ms, is_ours):
    clock = ManualClock()
    fleet = Fleet(instance_id="srv-1", clock=clock)
    broken = [reading("db", ErrorClass.REFUSED)]
    assert fleet.note(broken, took_s=1.0) == frozenset()
    clock.passed_s += 2
    assert asked(fleet) == [("get", "hc:fleet:db"), ("pttl", "hc:fleet:db")]
    fleet.hear([who, left_ms])
    assert fleet.note(broken, took_s=0.1) == (frozenset({"db"}) if is_ours else frozenset())
    assert fleet.note(broken, took_s=0.1) == frozenset()  # nothing was heard this time


def test_answers_are_told_apart():
    fleet = Fleet(instance_id="srv-1", clock=ManualClock())
    broken = [reading("a", ErrorClass.REFUSED), reading("b", ErrorClass.REFUSED), reading("c")]
    fleet.note(broken, took_s=1.0)
    assert [command[0] for command in asked(fleet)] == ["psetex", "get", "pttl", "get", "pttl"]
    fleet.hear([True, None, -2, b"srv-2", 9_999])
    assert fleet.note(broken, took_s=0.0) == {"b"}


def test_a_pass_ends_the_fault():
    clock = ManualClock()
    fleet = Fleet(instance_id="srv-1", clock=clock)
    fleet.note([reading("db", ErrorClass.REFUSED)], took_s=0.0)
    fleet.note([reading("db")], took_s=0.0)
    assert asked(fleet) == [("psetex", "hc:fleet:db", 10_000, "srv-1")]
