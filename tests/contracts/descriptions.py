"""Finds the operation that describes a call: in the vendor's own description, else in ours.

Ours (VENDOR.yaml beside this file) have the form of OpenAPI too. `x-source` in them names where each
is from; `x-when: NAME` limits an operation to calls with that query parameter, and puts it before
the vendor's own, for parameters younger than the description that we have.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.contracts.amendments import AMENDMENTS, Amendment, amended
from tests.contracts.schemas import Schemas

HERE = Path(__file__).parent
METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Where a vendor's calls are described, and what stands before their paths."""

    official: str = ""
    prefix: str = ""


VENDORS: Mapping[str, Known] = {
    "render": Known(official="render-openapi.json", prefix="/v1"),
    "cloudflare": Known(official="cloudflare/openapi_subset_2024-08-06.json", prefix="/client/v4"),
    "supabase": Known(official="supabase-openapi.json"),
    "cron-job-org": Known(),
    "github": Known(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call as somebody describes it. `content` is OpenAPI's own object.

    `schemas` resolves and judges what stands in it; `request` is the body that is sent, judged by
    `sent`, which asks for nothing that only the vendor writes.
    """

    method: str
    template: str
    content: Mapping[str, Any]
    schemas: Schemas
    request: Mapping[str, Any] | None
    sent: Schemas
    is_official: bool
    pattern: re.Pattern[str] = field(repr=False)

    @property
    def name(self) -> str:
        """As in "GET /services/{serviceId}"."""
        return f"{self.method} {self.template}"

    @property
    def when(self) -> str:
        """The query parameter that a call must have to be described by this; mostly none."""
        when: str = self.content.get("x-when", "")
        return when

    @property
    def parameters(self) -> list[Any]:
        """Those of the call and those of its path."""
        return [self.schemas.resolved(each) for each in self.content["parameters"]]


class Descriptions:
    """All that is known of one vendor's calls: those for special parameters first, then official.

    A path without holes comes before one with them.
    """

    def __init__(self, operations: Iterable[Operation], *, prefix: str = "") -> None:
        self._prefix = prefix
        self._operations = sorted(operations, key=_rank)

    def find(self, method: str, path: str, *, asked: frozenset[str]) -> Operation | None:
        """The operation of a call with these query parameters."""
        for each in self._operations:
            if each.method == method and each.when in {"", *asked} and each.pattern.fullmatch(path):
                return each
        return None

    def without_prefix(self, path: str) -> str:
        """The path as the descriptions spell it."""
        return path.removeprefix(self._prefix)


def _rank(operation: Operation) -> tuple[int, bool, bool]:
    return operation.template.count("{"), not operation.when, not operation.is_official


@cache
def describe(
    vendor: str, *, folder: Path, amendments: tuple[Amendment, ...] | None = None
) -> Descriptions:
    """What is known of a vendor; `folder` holds the official descriptions.

    They are read with AMENDMENTS, unless others are given.
    """
    known = VENDORS[vendor]
    mending = AMENDMENTS.get(vendor, ()) if amendments is None else amendments
    found = [*operations(own_description(vendor), name=f"ours-{vendor}", is_official=False)]
    if known.official:
        content = amended(json.loads((folder / known.official).read_text()), mending)
        found += operations(content, name=f"official-{vendor}", is_official=True)
    return Descriptions(found, prefix=known.prefix)


def own_description(vendor: str) -> Any:
    """Our description of a vendor's calls, as it stands in the file."""
    path = HERE / f"{vendor}.yaml"
    return yaml.safe_load(path.read_text()) if path.exists() else {"paths": {}}


def operations(content: Mapping[str, Any], *, name: str, is_official: bool) -> Iterator[Operation]:
    """The operations of a document; `name` tells its schemas from those of others."""
    schemas, sent = Schemas(content, name=name), Schemas(content, name=f"{name}-sent", is_sent=True)
    for template, item in schemas.root["paths"].items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                own = item[method].get("parameters", [])
                yield Operation(
                    method=method.upper(),
                    template=template,
                    content=item[method] | {"parameters": [*shared, *own]},
                    schemas=schemas,
                    request=sent.resolved(sent.root["paths"][template][method].get("requestBody")),
                    sent=sent,
                    is_official=is_official,
                    pattern=_pattern(template),
                )


def _pattern(template: str) -> re.Pattern[str]:
    """A hole takes one segment; one of ours may take more by being spelled {+name}."""
    parts = re.split(r"(\{\+?[^}]+\})", template)
    return re.compile(
        "".join(_hole(part) if part[:1] == "{" else re.escape(part) for part in parts)
    )


def _hole(part: str) -> str:
    name = re.sub(r"\W", "_", part.strip("{+}"))
    return f"(?P<{name}>.+)" if part.startswith("{+") else f"(?P<{name}>[^/]+)"
