"""Scenarios: what is done to the stack, and what keepwell must say, one per file.

SCENARIOS is the list, by the name of the file with dashes. Each leaves the stage as it found it.
"""

from collections.abc import Mapping

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.scenarios.applied import APPLIED
from keepwell.rehearsal.scenarios.cold_start import COLD_START
from keepwell.rehearsal.scenarios.configuration import CONFIGURATION
from keepwell.rehearsal.scenarios.cut_apply import CUT_APPLY
from keepwell.rehearsal.scenarios.drift import DRIFT
from keepwell.rehearsal.scenarios.edge_challenge import EDGE_CHALLENGE
from keepwell.rehearsal.scenarios.old_revision import OLD_REVISION
from keepwell.rehearsal.scenarios.postgres_frozen import POSTGRES_FROZEN
from keepwell.rehearsal.scenarios.redis_killed import REDIS_KILLED
from keepwell.rehearsal.scenarios.slow_database import SLOW_DATABASE
from keepwell.rehearsal.scenarios.slow_model import SLOW_MODEL
from keepwell.rehearsal.scenarios.undo import UNDO
from keepwell.rehearsal.scenarios.well import WELL

SCENARIOS: Mapping[str, Scenario] = {
    "configuration": CONFIGURATION,
    "applied": APPLIED,
    "drift": DRIFT,
    "cut-apply": CUT_APPLY,
    "undo": UNDO,
    "well": WELL,
    "slow-model": SLOW_MODEL,
    "redis-killed": REDIS_KILLED,
    "postgres-frozen": POSTGRES_FROZEN,
    "slow-database": SLOW_DATABASE,
    "cold-start": COLD_START,
    "edge-challenge": EDGE_CHALLENGE,
    "old-revision": OLD_REVISION,
}
