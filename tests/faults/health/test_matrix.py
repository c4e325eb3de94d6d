"""A thin slice of the matrix, which `make faults-health` plays whole; and what the whole must hold."""

from collections import Counter

import pytest

from tests.faults.health.catalogue import SCENARIOS
from tests.faults.health.fleet import FLEETS
from tests.faults.health.matrix import outcomes
from tests.faults.health.peers import FAULTS
from tests.faults.health.playing import play
from tests.faults.health.scenario import unseen

SLICE = (
    "postgres is killed",
    "postgres is frozen, and 200 probes come at once",
    "redis is out of memory",
    "redis swallows what is said to it",
    "postgres shows a certificate that has expired",
    "one instance of two is refused by postgres",
    "the service is told to stop (SIGTERM)",
)


@pytest.mark.slow
def test_each_fault_is_answered_as_the_table_says():
    fleets = [each for each in FLEETS if each.scenario == "postgres is frozen"]
    played = [*outcomes(SLICE, fleets)]
    assert [str(each) for each in played if each.wrongs] == []
    assert len(played) == len(SLICE) + 1


@pytest.mark.slow
def test_a_fault_that_nobody_meets_is_wrong():
    def _nothing(_stage):
        yield

    assert play(unseen("nothing at all", _nothing)).wrongs == ("the fault was never met",)


def test_each_scenario_has_a_name_of_its_own_and_there_are_more_than_forty():
    names = Counter(each.name for each in SCENARIOS)
    assert names.most_common(1)[0][1] == 1
    assert len(names) > 40


def test_fleets_and_peers_meet_faults_of_the_catalogue():
    names = {each.name for each in SCENARIOS}
    assert {each.scenario for each in FLEETS} <= names
    assert {*FAULTS} <= names
    assert len(FAULTS) == 12
