"""A wrong answer is found in whatever operation it comes: else the contract would hold nothing."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keepwell.rehearsal.simulators.base import Exchange
from tests.contracts.described import operation_of, violations
from tests.contracts.descriptions import describe
from tests.contracts.sessions import SESSIONS
from tests.contracts.test_contracts import exchanges

NOTHING_REQUIRED = "GET /owners"
"""Render's description requires no field there, so that an answer without any is as described."""

every_vendor = pytest.mark.parametrize("vendor", SESSIONS)


def answers(vendor: str, schemas: Path) -> Iterator[Exchange]:
    """One successful answer of each operation that has one with something in it."""
    found = {}
    for each in exchanges(vendor):
        operation = operation_of(each, describe(vendor, folder=schemas))
        assert operation is not None
        if each.status < 300 and each.answer_body and json.loads(each.answer_body):
            found[operation.name, operation.when] = each
    yield from found.values()


def with_stray(value: Any) -> Any:
    """A field more in the outermost object."""
    if isinstance(value, list):
        return [with_stray(value[0]), *value[1:]]
    return {**value, "neverHeardOf": 1}


def with_wrong_types(value: Any) -> Any:
    """Every text and every number is a list instead."""
    if isinstance(value, dict):
        return {name: with_wrong_types(each) for name, each in value.items()}
    if isinstance(value, list):
        return [with_wrong_types(each) for each in value]
    return [["wrong"]] if isinstance(value, str | int | float) else value


def without_fields(value: Any) -> Any:
    """Nothing stands in any object."""
    return [{} for _ in value] if isinstance(value, list) else {}


@every_vendor
@pytest.mark.parametrize("spoil", [with_stray, with_wrong_types, without_fields])
def test_a_wrong_answer_is_found(vendor: str, spoil: Callable[[Any], Any], schemas: Path):
    descriptions = describe(vendor, folder=schemas)
    missed = [
        str(each)
        for each in answers(vendor, schemas)
        if not [*violations([_spoilt(each, spoil)], descriptions)]
    ]
    assert set(missed) <= ({NOTHING_REQUIRED} if spoil is without_fields else set())


def _spoilt(exchange: Exchange, spoil: Callable[[Any], Any]) -> Exchange:
    body = json.dumps(spoil(json.loads(exchange.answer_body))).encode()
    return replace(exchange, answer_body=body)


@every_vendor
def test_an_unknown_path_is_found(vendor: str, schemas: Path):
    strange = replace(exchanges(vendor)[0], path="/never/heard/of")
    [found] = violations([strange], describe(vendor, folder=schemas))
    assert found.message == "nothing describes this call"
