import pytest

from keepwell.policies._cron import Cron


@pytest.mark.parametrize(
    ("schedule", "runs_a_month", "gap_minutes"),
    [
        ("7,37 * * * *", 48 * 31, 30),
        ("*/5 * * * *", 288 * 31, 5),
        ("*/7 * * * *", 9 * 24 * 31, 4),  # 56 to 60
        ("5/20 * * * *", 72 * 31, 20),
        ("10-20/5 0 * * *", 3 * 31, 5),
        ("0 */6 * * *", 4 * 31, 360),
        ("0 23,0 * * *", 2 * 31, 60),
        ("30 4 * * *", 31, 1440),
        ("0 0 29 2 *", 1, 1440),
        ("0 0 31 * *", 1, 1440),
        ("0 0 * 2 *", 29, 1440),
        ("0 0 * APR,jun *", 30, 1440),
        ("0 0 * * MON", 5, 1440),
        ("0 0 * 2 1-5", 21, 1440),
        ("0 0 13 * FRI", 6, 1440),  # either: five Fridays, and the 13th where it is none
        ("0 0 */2 * 1", 3, 1440),  # both: a star with a step restricts, but does not add
    ],
)
def test_firings_of_the_fullest_month(schedule: str, runs_a_month: int, gap_minutes: int):
    cron = Cron.parse(schedule)
    assert cron.most_runs_a_month == runs_a_month
    assert cron.shortest_gap_minutes == gap_minutes


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        ("* * * *", "has 4 fields, not 5"),
        ("@daily", "has 1 fields, not 5"),
        ("60 * * * *", "minute '60' is not within 0 to 59"),
        ("* 24 * * *", "hour '24' is not within 0 to 23"),
        ("* * 0 * *", "day of the month '0' is not within 1 to 31"),
        ("* * * FOO *", "month 'FOO' is not within 1 to 12"),
        ("* * * * 7", "day of the week '7' is not within 0 to 6"),
        ("20-10 * * * *", "minute '20-10' holds no value"),
        ("*/0 * * * *", "minute '*/0' holds no value"),
        ("*-5 * * * *", "minute '*-5' is not cron's notation"),
        ("1,,2 * * * *", "minute '' is not cron's notation"),
        ("? * * * *", "minute '?' is not cron's notation"),
    ],
)
def test_what_is_no_schedule_says_why(schedule: str, problem: str):
    with pytest.raises(ValueError, match=r".") as caught:
        Cron.parse(schedule)
    assert problem in str(caught.value)
