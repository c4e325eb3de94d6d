"""Every request of a client and every answer of a stand-in is as the vendor describes it."""

from functools import cache
from pathlib import Path

import pytest

from keepwell.rehearsal.simulators.base import Exchange
from tests.contracts import calls
from tests.contracts.amendments import AMENDMENTS, Amendment
from tests.contracts.described import violations
from tests.contracts.descriptions import VENDORS, describe
from tests.contracts.deviations import without_deviations
from tests.contracts.listed import DEVIATIONS
from tests.contracts.sessions import SESSIONS

every_vendor = pytest.mark.parametrize("vendor", SESSIONS)


@cache
def exchanges(vendor: str) -> tuple[Exchange, ...]:
    return tuple(exchange for session in SESSIONS[vendor] for exchange in session())


@cache
def different(vendor: str) -> tuple[Exchange, ...]:
    """One exchange of each call and answer, the short ones first."""
    found = {
        (str(each), each.status, each.request_body, each.answer_body): each
        for each in exchanges(vendor)
    }
    return tuple(sorted(found.values(), key=lambda each: len(each.answer_body)))


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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("vendor", "needless"),
    [(vendor, each) for vendor in AMENDMENTS for each in AMENDMENTS[vendor]],
    ids=lambda value: getattr(value, "pointer", value),
)
def test_no_amendment_is_needless(vendor: str, needless: Amendment, schemas: Path):
    others = tuple(each for each in AMENDMENTS[vendor] if each is not needless)
    found = violations(different(vendor), describe(vendor, folder=schemas, amendments=others))
    listed = DEVIATIONS[vendor]
    assert any(not any(each.covers(one) for each in listed) for one in found)


def test_every_vendor_has_a_session_and_its_deviations():
    assert set(SESSIONS) == set(VENDORS) == set(DEVIATIONS)


def test_both_kinds_are_counted():
    counted = calls.counts()
    assert counted.official + counted.ours == len(calls.FILE.read_text().splitlines())
    assert min(counted.official, counted.ours) > 0
