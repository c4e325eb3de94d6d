"""Our own descriptions are well formed, and say where each thing in them is from."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.descriptions import VENDORS, operations, own_description

every_vendor = pytest.mark.parametrize("vendor", VENDORS)


@every_vendor
def test_every_operation_of_ours_has_a_source(vendor: str):
    found = [*operations(own_description(vendor), name=vendor, is_official=False)]
    assert [each.name for each in found if "http" not in each.content.get("x-source", "")] == []


def schemas_of(vendor: str) -> Iterator[tuple[str, Any]]:
    components = own_description(vendor).get("components", {})
    for part in ("schemas", "responses"):
        yield from components.get(part, {}).items()


@every_vendor
def test_every_schema_of_ours_has_a_source(vendor: str):
    without = [name for name, each in schemas_of(vendor) if "http" not in each.get("x-source", "")]
    assert without == []


def inline_objects(node: Any, *, inside: bool = False) -> Iterator[Any]:
    """Objects with fields that stand in a call, where no source covers them."""
    if isinstance(node, dict):
        inside = inside or "x-source" in node
        if "properties" in node and not inside:
            yield node
        for each in node.values():
            yield from inline_objects(each, inside=inside)
    if isinstance(node, list):
        for each in node:
            yield from inline_objects(each, inside=inside)


@every_vendor
def test_no_field_of_ours_is_without_a_source(vendor: str):
    content = own_description(vendor)
    assert [*inline_objects({"paths": content["paths"], **content.get("components", {})})] == []
