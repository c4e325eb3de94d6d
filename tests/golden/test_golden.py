"""What is generated from each golden stack, byte for byte, and that vendors can read it."""

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from octorules_wirefilter import parse_expression
from ruamel.yaml import YAML

from keepwell.model.document import Document
from keepwell.model.stack import Stack
from keepwell.stackfile import load
from keepwell.templating import MARKER, generate
from keepwell.templating.phrases import EXPRESSION_LIMIT
from tests.golden.blueprint import errors
from tests.golden.cases import CASES, Case


@cache
def stack(case: Case) -> Stack:
    return load(case.stack, environment=case.environment).stack


@cache
def documents(case: Case) -> tuple[Document, ...]:
    return generate(stack(case))


def text(case: Case, path: str) -> str:
    return next(document.text for document in documents(case) if document.path == path)


every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@every_case
def test_documents_are_as_expected(case: Case, request: pytest.FixtureRequest):
    if request.config.getoption("--update-golden"):
        shutil.rmtree(case.expected, ignore_errors=True)
        for document in documents(case):
            (case.expected / document.path).parent.mkdir(parents=True, exist_ok=True)
            (case.expected / document.path).write_text(document.text)
    expected = {
        path.relative_to(case.expected).as_posix(): path.read_text()
        for path in case.expected.rglob("*")
        if path.is_file()
    }
    assert {document.path: document.text for document in documents(case)} == expected


@every_case
def test_the_same_stack_gives_the_same_bytes_in_the_order_of_paths(case: Case):
    again = generate(stack(case))
    assert again == documents(case)
    assert [document.path for document in again] == sorted(document.path for document in again)


@every_case
def test_every_document_says_what_made_it(case: Case):
    for document in documents(case):
        head = "".join(document.text.splitlines(keepends=True)[:2])
        assert f"{MARKER} from the stack {stack(case).name} ({stack(case).environment})" in head
        assert ".j2: change those, not this file." in head
        assert document.text.endswith("\n")
        assert not document.text.endswith("\n\n")


@every_case
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_blueprint_fits_renders_schema_for_every_reader(
    case: Case, version: str, official: Callable[[str], Any]
):
    written = text(case, "render.yaml")
    read = yaml.safe_load(written) if version == "1.1" else YAML(typ="safe").load(written)
    assert list(errors(read, official("render.yaml.schema.json"))) == []


@every_case
def test_variables_come_out_as_they_were_declared(case: Case):
    blueprint = yaml.safe_load(text(case, "render.yaml"))
    services = {service["name"]: service for service in blueprint["services"]}
    for key, service in stack(case).render.services.items():
        made = services[stack(case).service_name(key)].get("envVars", [])
        values = {entry["key"]: entry["value"] for entry in made if "value" in entry}
        secrets = {entry["key"] for entry in made if entry.get("sync") is False}
        assert values == {
            name: str(variable.value)
            for name, variable in service.env.items()
            if variable.value is not None
        }
        assert secrets == {name for name, variable in service.env.items() if variable.secret}


@every_case
def test_config_toml_parses(case: Case):
    config = tomllib.loads(text(case, "supabase/config.toml"))
    backend = stack(case).supabase
    assert config["project_id"] == backend.project
    assert config["auth"]["site_url"] == backend.auth.site_url
    assert set(config.get("functions", {})) == set(backend.functions)
    assert "vault" not in config["db"]


def rules(case: Case) -> Iterator[dict[str, Any]]:
    for name in ("firewall", "rate_limits", "redirects"):
        yield from json.loads(text(case, f"cloudflare/{name}.json"))["rules"]


def expressions(case: Case) -> Iterator[str]:
    for rule in rules(case):
        yield rule["expression"]
        if rule["action"] == "redirect":
            target = rule["action_parameters"]["from_value"]["target_url"]["expression"]
            yield f'{target} eq ""'  # the parser knows filters only, and this is a value


@every_case
def test_cloudflares_parser_takes_every_expression(case: Case):
    for expression in expressions(case):
        parsed = parse_expression(expression)
        assert "error" not in parsed, expression
        assert len(expression) <= EXPRESSION_LIMIT
        assert "matches" not in parsed["operators"], "Business plans and above only"
        assert "all(" not in expression, "true where the header is missing"


@every_case
def test_rules_have_a_reference_of_their_own_and_fit_the_plan(case: Case):
    for name in ("firewall", "rate_limits", "redirects"):
        made = json.loads(text(case, f"cloudflare/{name}.json"))["rules"]
        references = [rule["ref"] for rule in made]
        assert len(set(references)) == len(references)
        assert all(reference.startswith("keepwell-") for reference in references)
        assert all(len(rule["description"]) <= 500 for rule in made)
    assert len(json.loads(text(case, "cloudflare/firewall.json"))["rules"]) <= 5


@every_case
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_zone_is_in_octodns_order_whoever_reads_it(case: Case, version: str):
    path = f"cloudflare/dns/{stack(case).cloudflare.zone}.yaml"
    written = text(case, path)
    zone = yaml.safe_load(written) if version == "1.1" else YAML(typ="safe").load(written)
    declared = {("" if r.name == "@" else r.name, r.type) for r in stack(case).cloudflare.dns}
    found = {
        (name, "CNAME" if record["type"] == "ALIAS" else record["type"])
        for name, records in zone.items()
        for record in (records if isinstance(records, list) else [records])
    }
    assert found == declared


@every_case
def test_no_document_holds_a_null_or_a_python_value(case: Case):
    for document in documents(case):
        assert "None" not in document.text
        assert ": null" not in document.text


def test_the_committed_case_folders_are_all_tested():
    here = Path(__file__).parent
    assert {path.name for path in here.iterdir() if path.is_dir() and path.name[0] != "_"} == {
        case.name for case in CASES if case.name != "production"
    }
