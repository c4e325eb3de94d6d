import pytest

from keepwell.decisions.judge import judge
from keepwell.decisions.streak import Outcome, judge_streak
from keepwell.model.verdict import Status
from tests.checks.samples import answer, body
from tests.decisions.verdicts import VERDICTS

# Three in a row are wanted. The letters are those of VERDICTS; the last column is the index of the
# answer that the outcome rests on.
TABLE = [
    ("PPP", Outcome.PASS, 2),
    ("PWL", Outcome.PASS, 2),
    ("OOSFPPP", Outcome.PASS, 6),
    ("FFFCPPP", Outcome.PASS, 6),
    ("P", Outcome.COULD_NOT_TELL, 0),
    ("OOPP", Outcome.COULD_NOT_TELL, 3),
    ("FPP", Outcome.COULD_NOT_TELL, 2),
    ("SPP", Outcome.COULD_NOT_TELL, 2),
    ("PPC", Outcome.COULD_NOT_TELL, 2),
    ("CCC", Outcome.COULD_NOT_TELL, 2),
    ("RRR", Outcome.COULD_NOT_TELL, 2),
    ("POP", Outcome.COULD_NOT_TELL, 2),
    ("PPFPP", Outcome.UNHEALTHY, 2),
    ("PPSPP", Outcome.UNHEALTHY, 2),
    ("FPFPP", Outcome.UNHEALTHY, 2),
    ("PPF", Outcome.UNHEALTHY, 2),
    ("F", Outcome.UNHEALTHY, 0),
    ("OOF", Outcome.UNHEALTHY, 2),
    ("FCC", Outcome.UNHEALTHY, 0),
    ("FSS", Outcome.UNHEALTHY, 2),
    ("S", Outcome.UNHEALTHY, 0),
    ("BBBB", Outcome.UNHEALTHY, 3),
    ("ZZZZ", Outcome.UNHEALTHY, 3),
    ("OOSBS", Outcome.UNHEALTHY, 4),
    ("O", Outcome.NOT_ROLLED_OUT, 0),
    ("III", Outcome.NOT_ROLLED_OUT, 2),
    ("NNN", Outcome.NOT_ROLLED_OUT, 2),
    ("OOSS", Outcome.NOT_ROLLED_OUT, 1),
    ("OSCS", Outcome.NOT_ROLLED_OUT, 0),
    ("OCC", Outcome.NOT_ROLLED_OUT, 0),
    ("PPO", Outcome.NOT_ROLLED_OUT, 2),
    ("FO", Outcome.NOT_ROLLED_OUT, 1),
]


@pytest.mark.parametrize(("letters", "outcome", "deciding"), TABLE, ids=[row[0] for row in TABLE])
def test_a_row_of_answers_has_one_outcome(letters: str, outcome: Outcome, deciding: int) -> None:
    streak = judge_streak([VERDICTS[letter] for letter in letters], consecutive=3)
    assert streak.outcome is outcome
    assert streak.deciding is VERDICTS[letters[deciding]]
    assert max(streak.deciding.status, outcome.status) in {outcome.status, Status.WARN}


@pytest.mark.parametrize(("letters", "passes"), [("PPP", 3), ("FPP", 2), ("PPF", 0), ("PC", 0)])
def test_passes_are_counted_from_the_end(letters: str, passes: int) -> None:
    assert judge_streak([VERDICTS[letter] for letter in letters], consecutive=9).passes == passes


def test_one_pass_is_enough_where_one_is_wanted() -> None:
    assert judge_streak([VERDICTS["P"]], consecutive=1).outcome is Outcome.PASS


def test_one_silent_answer_counts_where_one_is_wanted() -> None:
    streak = judge_streak([VERDICTS["O"], VERDICTS["S"]], consecutive=1)
    assert streak.outcome is Outcome.UNHEALTHY


def test_without_a_wanted_revision_health_alone_counts() -> None:
    well, ill = judge(answer()), judge(answer(code=503, body=body("fail")))
    assert judge_streak([ill, well, well], consecutive=2).outcome is Outcome.PASS
    assert judge_streak([well, ill], consecutive=2).outcome is Outcome.UNHEALTHY
    assert judge_streak([well, ill, well], consecutive=2).outcome is Outcome.UNHEALTHY


def test_every_outcome_has_the_exit_code_of_its_status() -> None:
    assert {outcome.value: outcome.status.exit_code for outcome in Outcome} == {
        "pass": 0,
        "unhealthy": 1,
        "not-rolled-out": 3,
        "could-not-tell": 3,
    }
