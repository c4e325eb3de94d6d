"""How many instances a queue asks for, by what flows and what runs."""

from typing import Any

import pytest

from keepwell.decisions.scale import Reason, Target, decide
from keepwell.decisions.scale_flow import Flow
from keepwell.model.scaling import Fleet
from keepwell.model.stack.compute import ScaleByQueue
from keepwell.model.verdict import Status

BOUNDS = ScaleByQueue(
    stream="webhooks", group="ai-workers", max=10, concurrency=16, max_age_s=30, cooldown_s=300
)
BUSY = 16
"""The lanes of one instance."""


def decided(
    flow: dict[str, Any], fleet: dict[str, Any], bounds: dict[str, Any] | None = None
) -> Target:
    usual: dict[str, Any] = {
        "arrived_per_s": 0.0,
        "finished_per_s": 0.0,
        "waiting": 0,
        "pending": 0,
        "oldest_age_s": 0.0,
    }
    wanted = fleet["wanted"]
    return decide(
        Flow(**usual | {"running": fleet.get("running", wanted)} | flow),
        fleet=Fleet(**{"running": wanted} | fleet),
        bounds=BOUNDS.model_copy(update=bounds or {}),
    )


def flow(arrived: float, finished: float | None, **more: Any) -> dict[str, Any]:
    return {"arrived_per_s": arrived, "finished_per_s": finished, **more}


@pytest.mark.parametrize(
    ("flow", "fleet", "instances", "reason"),
    [
        pytest.param({}, {"wanted": 1}, 1, Reason.STEADY, id="an empty queue keeps the minimum"),
        pytest.param(
            flow(30, 10, pending=16, waiting=40), {"wanted": 1}, 3, Reason.ARRIVALS,
            id="three times what one finishes needs three at once",
        ),
        pytest.param(
            flow(10.1, 10, pending=16, waiting=1), {"wanted": 1}, 2, Reason.ARRIVALS,
            id="a little too much needs one more",
        ),
        pytest.param(
            flow(10, 10, pending=16, waiting=40), {"wanted": 1}, 1, Reason.STEADY,
            id="what is finished as it arrives needs no more while nobody is late",
        ),
        pytest.param(
            flow(40, 10, pending=16), {"wanted": 1}, 1, Reason.STEADY,
            id="a burst that finds all lanes taken but nobody waiting is let be",
        ),
        pytest.param(
            flow(90, 1, pending=3, waiting=2), {"wanted": 1}, 1, Reason.STEADY,
            id="a burst into free lanes is let be, however it looks",
        ),
        pytest.param(
            flow(30, 20, pending=256), {"wanted": 2}, 3, Reason.ARRIVALS,
            id="what workers took beyond their lanes waits within them",
        ),
        pytest.param(
            flow(900, 10, pending=16, waiting=900), {"wanted": 1}, 10, Reason.ARRIVALS,
            id="never more than the maximum",
        ),
        pytest.param(
            flow(10, 10.1, pending=16, waiting=300, oldest_age_s=31), {"wanted": 1}, 2, Reason.AGE,
            id="late: what is left is to be done, too",
        ),
        pytest.param(
            flow(10, 10.1, pending=16, waiting=3000, oldest_age_s=90), {"wanted": 1}, 3, Reason.AGE,
            id="late: the more is left, the more instances",
        ),
        pytest.param(
            flow(10, 10.1, pending=16, waiting=1525, oldest_age_s=90), {"wanted": 1}, 2, Reason.AGE,
            id="late: what is in work is not left",
        ),
        pytest.param(
            flow(10, 10, pending=16, waiting=3, oldest_age_s=31), {"wanted": 1}, 2, Reason.AGE,
            id="late and not catching up: one more, little as is left",
        ),
        pytest.param(
            flow(10, 20, pending=32, waiting=30, oldest_age_s=31), {"wanted": 2}, 2, Reason.STEADY,
            id="late and catching up: let be",
        ),
        pytest.param(
            flow(20, 10, pending=96, waiting=9, running=1), {"wanted": 6}, 6, Reason.STEADY,
            id="what one finished while five started is not laid to six",
        ),
        pytest.param(
            flow(0, 0, pending=16, waiting=1, oldest_age_s=31), {"wanted": 1}, 2, Reason.AGE,
            id="late and nothing is finished: one more",
        ),
        pytest.param(
            flow(1, 1, pending=4, waiting=3, oldest_age_s=31), {"wanted": 1}, 2, Reason.AGE,
            id="late and lanes seem free, but nobody takes them: one more",
        ),
        pytest.param(
            flow(1, None, pending=16, waiting=None, oldest_age_s=31), {"wanted": 2}, 3, Reason.AGE,
            id="late, and Redis cannot count those that wait: one more",
        ),
        pytest.param(
            flow(1, None, pending=16, waiting=None, oldest_age_s=30), {"wanted": 2}, 2, Reason.STEADY,
            id="as old as is allowed is not late",
        ),
        pytest.param(
            flow(1, 1, pending=1, oldest_age_s=900), {"wanted": 1}, 1, Reason.STEADY,
            id="a lone old entry beside free lanes needs no instance",
        ),
        pytest.param(
            flow(0, 0, pending=16, waiting=9, oldest_age_s=40), {"wanted": 3, "running": 1},
            3, Reason.STARTING, id="late while two start: no more yet",
        ),
        pytest.param(
            flow(70, 10, pending=16, waiting=9, oldest_age_s=40), {"wanted": 3, "running": 1},
            7, Reason.AGE, id="late while two start, and they will not be enough",
        ),
        pytest.param(
            flow(0, 0, waiting=9, oldest_age_s=40), {"wanted": 1, "running": 0},
            1, Reason.STARTING, id="nothing runs: more of it would not run either",
        ),
        pytest.param(
            flow(30, 10, pending=160, waiting=40), {"wanted": 10}, 10, Reason.LIMIT,
            id="at the maximum, and it is not enough",
        ),
        pytest.param(
            flow(0, None, waiting=None, pending=1), {"wanted": 3}, 3, Reason.STEADY,
            id="of what nobody can count there may be much",
        ),
        pytest.param(
            {}, {"wanted": 3, "running": 1}, 2, Reason.IDLE, id="idle while two start in vain"
        ),
        pytest.param({}, {"wanted": 5}, 4, Reason.IDLE, id="idle: one fewer, not four"),
        pytest.param(
            {}, {"wanted": 5, "quiet_s": 299}, 5, Reason.COOLDOWN, id="idle, but changed of late"
        ),
        pytest.param({}, {"wanted": 5, "quiet_s": 300}, 4, Reason.IDLE, id="the cooldown is over"),
        pytest.param(
            flow(30, 10, pending=16, waiting=40), {"wanted": 1, "quiet_s": 1}, 3, Reason.ARRIVALS,
            id="growing knows no cooldown",
        ),
        pytest.param(
            flow(8, 8, pending=11), {"wanted": 2}, 1, Reason.IDLE, id="11 of 16 lanes leave room"
        ),
        pytest.param(
            flow(8, 8, pending=12), {"wanted": 2}, 2, Reason.STEADY, id="12 of 16 lanes do not"
        ),
        pytest.param(
            flow(16, 8, pending=8), {"wanted": 2}, 2, Reason.STEADY,
            id="what will be in work counts before it is",
        ),
        pytest.param(
            flow(0, 9, pending=8, waiting=5), {"wanted": 2}, 2, Reason.STEADY,
            id="nothing arrives, but what is left keeps them",
        ),
        pytest.param({}, {"wanted": 12}, 10, Reason.BOUNDS, id="above the maximum: down at once"),
        pytest.param(
            {}, {"wanted": 12, "quiet_s": 1}, 10, Reason.BOUNDS, id="a bound knows no cooldown"
        ),
    ],
)  # fmt: skip
def test_the_target_and_its_reason(
    flow: dict[str, Any], fleet: dict[str, Any], instances: int, reason: Reason
) -> None:
    target = decided(flow, fleet)
    assert (target.instances, target.reason) == (instances, reason)


def test_below_the_minimum_it_grows_to_it_and_never_shrinks_under_it() -> None:
    assert decided({}, {"wanted": 1}, {"min": 3}).instances == 3
    assert decided({}, {"wanted": 3}, {"min": 3}).reason is Reason.STEADY


@pytest.mark.parametrize(
    ("fleet", "reason", "says"),
    [
        ({"is_autoscaled": True}, Reason.AUTOSCALED, "ignores any other number"),
        ({"suspenders": ("billing", "user")}, Reason.SUSPENDED, "by: billing, user"),
        ({"suspenders": ("user",), "is_autoscaled": True}, Reason.SUSPENDED, "by: user"),
    ],
)
def test_what_render_would_ignore_is_refused(
    fleet: dict[str, Any], reason: Reason, says: str
) -> None:
    busy = flow(30, 10, pending=16, waiting=40, oldest_age_s=99)
    target = decided(busy, {"wanted": 1, **fleet})
    assert (target.instances, target.reason, target.status) == (1, reason, Status.FAIL)
    assert says in target.message
    assert target.hint


def test_without_a_cooldown_it_grows_for_what_arrives_and_by_one() -> None:
    late = flow(10, 9, pending=16, waiting=900, oldest_age_s=90)
    assert decided(late, {"wanted": 1}, {"cooldown_s": 0}).instances == 2


def test_a_limit_that_is_too_low_warns_and_says_what_would_do() -> None:
    target = decided(flow(300, 100, pending=160, waiting=9), {"wanted": 10})
    assert target.status is Status.WARN
    assert "asks for 30, and 10 is the most" in target.message


def test_it_settles_where_arrivals_are_even() -> None:
    """Fed with its own targets it goes to what the load needs and stays there."""
    wanted, seen = 1, []
    for _ in range(8):
        finished = min(25.0, 10.0 * wanted)
        pending = min(40, BUSY * wanted)
        waiting = 50 if finished < 25 else 0
        wanted = decided(
            flow(25, finished, pending=pending, waiting=waiting), {"wanted": wanted}
        ).instances
        seen.append(wanted)
    assert seen == [3] * 8
