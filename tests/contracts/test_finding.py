"""A wrong answer is found in whatever operation it comes: else the contract would hold nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from keepwell.rehearsal.simulators.base import Exchange
from tests.contracts.described import Violation, operation_of, violations
from tests.contracts.descriptions import Operation, describe
from tests.contracts.sessions import SESSIONS
from tests.contracts.spoiling import Spoiler, spoilt, with_stray, with_wrong_type
from tests.contracts.test_contracts import exchanges

NOTHING_REQUIRED = {"GET /owners", "GET /services/{serviceId}/deploys"}
"""Render's description requires no field there, so that an answer without any is as described."""

NOT_FOUND = {
    # described as oneOf of all types of services, and one of them has none of these fields
    "render *serviceDetails.url",
    "render *serviceDetails.healthCheckPath",
    "render *serviceDetails.renderSubdomainPolicy",
    "render *serviceDetails.openPorts[[]].p*",
    # described as oneOf of all that can happen, and something can that has no details
    "render *event.details.*",
    # not described, see DEVIATIONS
    "render *autoDeployTrigger",
    "render *[[]].cursor",
    "render GET /metrics/cpu [[]].values[[]].unit",
    # described as oneOf of all plans, and not all of them have it
    "cloudflare *bot_management result.fight_mode",
    # described as oneOf of all types of records, and not all of them have it
    "cloudflare *dns_records result.content",
    "cloudflare *dns_records/{dns_record_id} result.proxied",
}
"""Where a description lets a wrong type pass, by vendor, call and place."""

every_vendor = pytest.mark.parametrize("vendor", SESSIONS)


@cache
def answers(vendor: str, schemas: Path) -> tuple[tuple[Operation, Exchange], ...]:
    """One successful answer of each operation that has one with something in it."""
    found = {}
    for each in exchanges(vendor):
        operation = operation_of(each, describe(vendor, folder=schemas))
        assert operation is not None
        if each.status < 300 and each.answer_body and json.loads(each.answer_body):
            found[operation.name, operation.when] = (operation, each)
    return tuple(found.values())


def missed(vendor: str, schemas: Path, spoil: Spoiler) -> Iterator[str]:
    """Vendor, call and place of everything wrong that is not found."""
    for operation, exchange in answers(vendor, schemas):
        before = judged(vendor, schemas, exchange)
        for place, value in spoilt(json.loads(exchange.answer_body), spoil):
            if not judged(vendor, schemas, answering(exchange, value)) - before:
                yield f"{vendor} {operation.name} {place}"


def judged(vendor: str, schemas: Path, exchange: Exchange) -> set[Violation]:
    return {*violations([exchange], describe(vendor, folder=schemas))}


def answering(exchange: Exchange, value: Any) -> Exchange:
    return replace(exchange, answer_body=json.dumps(value).encode())


@pytest.mark.slow
@every_vendor
def test_a_stray_field_is_found_in_whatever_object(vendor: str, schemas: Path):
    assert [*missed(vendor, schemas, with_stray)] == []


@pytest.mark.slow
@every_vendor
def test_a_wrong_type_is_found_wherever_it_is_described(vendor: str, schemas: Path):
    found = [*missed(vendor, schemas, with_wrong_type)]
    listed = {each for each in NOT_FOUND if each.startswith(f"{vendor} ")}
    used = {each for each in listed for one in found if fnmatchcase(one, each)}
    assert [one for one in found if not any(fnmatchcase(one, each) for each in listed)] == []
    assert listed - used == set()


@every_vendor
def test_an_answer_without_fields_is_found(vendor: str, schemas: Path):
    found = {
        operation.name
        for operation, exchange in answers(vendor, schemas)
        if not judged(vendor, schemas, answering(exchange, emptied(exchange)))
    }
    assert found <= NOTHING_REQUIRED


def emptied(exchange: Exchange) -> Any:
    value = json.loads(exchange.answer_body)
    return [{} for _ in value] if isinstance(value, list) else {}


@every_vendor
def test_an_unknown_path_is_found(vendor: str, schemas: Path):
    strange = replace(exchanges(vendor)[0], path="/never/heard/of")
    [found] = violations([strange], describe(vendor, folder=schemas))
    assert found.message == "nothing describes this call"
