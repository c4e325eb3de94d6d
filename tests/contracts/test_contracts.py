"""Every request of a client and every answer of a stand-in is as the vendor describes it."""

from functools import cache
from pathlib import Path

import pytest

from keepwell.rehearsal.simulators.base import Exchange
from tests.contracts import calls
from tests.contracts.described import violations
from tests.contracts.descriptions import VENDORS, describe
from tests.contracts.deviations import without_deviations
from tests.contracts.listed import DEVIATIONS
from tests.contracts.sessions import SESSIONS

every_vendor = pytest.mark.parametrize("vendor", SESSIONS)


@cache
def exchanges(vendor: str) -> tuple[Exchange, ...]:
    return tuple(exchange for session in SESSIONS[vendor] for exchange in session())


@every_vendor
def test_every_exchange_is_as_it_is_described(vendor: str, schemas: Path):
    found = violations(exchanges(vendor), describe(vendor, folder=schemas))
    outcome = without_deviations(found, DEVIATIONS[vendor])
    assert [str(each) for each in outcome.wrong] == []
    assert outcome.unused == ()


@every_vendor
def test_the_calls_that_were_seen_are_listed(vendor: str, schemas: Path, pytestconfig):
    seen = calls.seen(vendor, exchanges(vendor), descriptions=describe(vendor, folder=schemas))
    if pytestconfig.getoption("--update-golden"):
        calls.write({vendor: seen})
    assert calls.listed(vendor) == seen


def test_every_vendor_has_a_session_and_its_deviations():
    assert set(SESSIONS) == set(VENDORS) == set(DEVIATIONS)


def test_both_kinds_are_counted():
    counted = calls.counts()
    assert counted.official + counted.ours == len(calls.FILE.read_text().splitlines())
    assert min(counted.official, counted.ours) > 0
