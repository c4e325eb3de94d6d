import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from keepwell.stackfile.composing import compose
from keepwell.stackfile.nodes import plain
from keepwell.stackfile.schema import format_schema, stack_schema
from tests.stackfile.samples import REAL, ROOT, SMALL, changed, error_of, stack_of

SCHEMA = stack_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def is_valid(text: str) -> bool:
    return not list(VALIDATOR.iter_errors(plain(compose(text, file="stack.yaml").root)))


def test_the_schema_is_a_schema():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_the_committed_schema_is_fresh():
    committed = (ROOT / "stack.schema.json").read_text()
    assert committed == format_schema(), "run `make generate`"


def test_the_real_stack_names_the_committed_schema_and_is_valid_by_it():
    text = REAL.read_text()
    assert "# yaml-language-server: $schema=./stack.schema.json\n" in text
    assert list(VALIDATOR.iter_errors(plain(compose(text, file="stack.yaml").root))) == []


RIGHT = [
    SMALL,
    f"{SMALL}environments:\n",
    f"{SMALL}environments: {{ production: , staging: {{}} }}\n",
    f"{SMALL}environments: {{ production: {{ render: {{ services: {{ api: {{ plan: pro }} }} }} }} }}\n",
    f"{SMALL}environments: {{ production: {{ supabase: {{ auth: {{ site_url: 'https://x.example' }} }} }} }}\n",
    changed("{ DATABASE_URL: { secret: DATABASE_URL } }", "{ A: x, B: 010, C: 1.5, D: { generate: true } }"),
    changed("      plan: starter\n", "      plan: starter\n      region: ~\n"),
    changed("      plan: starter\n", "      plan: starter\n      disk: { name: d, mount_path: /d }\n")
    + "environments: { production: { render: { services: { api: { disk: ~ } } } } }\n",
]  # fmt: skip


def overlaid(overlay: str) -> str:
    return f"{SMALL}environments: {{ production: {{ {overlay} }} }}\n"


WRONG = [
    changed("version: 1\nname", "version: 2\nname"),
    changed("name: small\n", ""),
    changed("name: small", "name: Small"),
    changed("zone: small", "zonne: small"),
    changed("plan: free", "plan: gratis"),
    changed("plan: starter", "plan: 5"),
    changed("plan: starter", "plan:"),
    changed('minimum_version: "1.2"', "minimum_version: 1.2"),
    changed("always_https: true", "always_https: yes"),
    changed("values: [api.onrender.com.]", "values: []"),
    changed("target: api", "target: api, consecutive: 0"),
    changed("target: api", "target: api, within_s: 0"),
    changed("{ kind: database }", "hunter2"),
    changed("{ kind: database }", "{ kind: database, value: hunter2 }"),
    changed("  DATABASE_URL: {", "  database_url: {"),
    changed("{ DATABASE_URL: { secret: DATABASE_URL } }", "{ A: true }"),
    changed("{ DATABASE_URL: { secret: DATABASE_URL } }", "{ A: }"),
    changed("{ DATABASE_URL: { secret: DATABASE_URL } }", "{ A: { secrets: B } }"),
    changed("    api:\n      type", "    Api:\n      type"),
    changed("https://app.small", "https://me:hunter2@app.small"),
    f"{SMALL}environment: production\n",
    f"{SMALL}network: {{ budget_ms: ten }}\n",
    f"{SMALL}environments: [production]\n",
    f"{SMALL}environments: {{ production: 5 }}\n",
    f"{SMALL}environments: {{ production: , Blue: }}\n",
    overlaid("rendr: {}"),
    overlaid("environments: {}"),
    overlaid("environment: x"),
    overlaid("render: { services: { api: { plam: x } } }"),
    overlaid("verify: { consecutive: 0 }"),
    overlaid("cloudflare: { dns: [{ name: api }] }"),
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_loads_is_valid(text: str, tmp_path: Path):
    stack_of(text, folder=tmp_path)
    assert is_valid(text)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_refused_by_the_schema_and_by_load(text: str, tmp_path: Path):
    assert error_of(text, folder=tmp_path).problems
    assert not is_valid(text)


def test_no_mapping_takes_any_key_it_is_given():
    open_ones = [
        schema
        for schema in _schemas(SCHEMA)
        if schema.get("type") == "object" and "additionalProperties" not in schema
    ]
    assert open_ones == []


def test_every_part_says_what_it_is_for():
    silent = [name for name, made in SCHEMA["definitions"].items() if not made.get("description")]
    assert silent == []


def test_every_reference_leads_somewhere_and_nothing_is_left_over():
    references = {made["$ref"] for made in _schemas(SCHEMA) if "$ref" in made}
    assert references == {f"#/definitions/{name}" for name in SCHEMA["definitions"]}


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for below in value.values():
            yield from _schemas(below)
    elif isinstance(value, list):
        for below in value:
            yield from _schemas(below)


def test_the_text_is_json_that_ends_with_a_line():
    assert json.loads(format_schema()) == SCHEMA
    assert format_schema().endswith("}\n")
