import pytest

from keepwell.health import (
    Criticality,
    ErrorClass,
    Health,
    RoundTripError,
    Scope,
    Settings,
    function,
)
from tests.health.asking import ManualClock, ask, outcome

pytestmark = pytest.mark.anyio


def raising(error: Exception | None):
    async def check() -> str:
        if error:
            raise error
        return "whatever"

    return check


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, None),
        (TimeoutError(), ErrorClass.TIMEOUT),
        (ConnectionRefusedError(), ErrorClass.REFUSED),
        (ValueError("p4ss"), ErrorClass.ERROR),
        (RoundTripError(ErrorClass.SATURATED), ErrorClass.SATURATED),
    ],
)
async def test_what_it_raises_is_the_failure(error, expected):
    assert await outcome(function("model", raising(error))) is expected


def test_it_fails_the_whole_for_all_unless_told_otherwise():
    check = function("model", raising(None))
    assert (check.criticality, check.scope) == (Criticality.FAIL, Scope.SHARED)
    told = function("model", raising(None), criticality=Criticality.WARN, scope=Scope.LOCAL)
    assert (told.name, told.criticality, told.scope) == ("model", Criticality.WARN, Scope.LOCAL)


async def test_it_is_a_line_in_health():
    failing = function("model", raising(TimeoutError()), criticality=Criticality.WARN)
    health = Health([failing], settings=Settings(), clock=ManualClock())
    assert (await ask(health)).document == {"status": "warn"}
