import pytest

from keepwell.decisions.grade import Grade, grade
from tests.decisions.verdicts import VERDICTS

GRADES = {
    "P": Grade.PASSED,
    "W": Grade.PASSED,
    "L": Grade.PASSED,
    "F": Grade.FAILED,
    "S": Grade.SILENT,
    "B": Grade.SILENT,
    "Z": Grade.SILENT,
    "O": Grade.OTHER_REVISION,
    "I": Grade.OTHER_REVISION,
    "N": Grade.OTHER_REVISION,
    "C": Grade.UNCLEAR,
    "R": Grade.UNCLEAR,
}


@pytest.mark.parametrize("letter", VERDICTS)
def test_each_kind_of_answer_has_its_grade(letter: str) -> None:
    assert grade(VERDICTS[letter]) is GRADES[letter]
