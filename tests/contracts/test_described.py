"""The machinery finds what is wrong, on a small description that holds every trap of the real ones."""

from typing import Any

import pytest
import yaml

from tests.contracts.described import operation_of, violations
from tests.contracts.descriptions import Descriptions, operations
from tests.contracts.exchanges import Made, made

OFFICIAL = yaml.safe_load("""
openapi: 3.0.3
paths:
  /things:
    get:
      parameters:
        - {$ref: "#/components/parameters/limit"}
        - {in: query, name: kind, schema: {type: array, items: {enum: [a, b]}}}
        - {in: query, name: owner, explode: false, schema: {type: array, items: {type: string}}}
      responses:
        "200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/thing"}}}}}
        "4XX": {content: {application/json: {schema: {type: object, required: [message], properties: {message: {type: string}}}}}}
  /things/{id}:
    parameters:
      - {in: path, name: id, required: true, schema: {type: string, pattern: "^t-[a-z]+$"}}
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/change"}}}}
      responses:
        "200": {content: {application/json: {schema: {$ref: "#/components/schemas/thing"}}}}
        "202": {description: later, no body}
  /things/upload:
    post:
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file, metadata]
              properties: {file: {type: string}, metadata: {type: object, properties: {name: {type: string}}}}
      responses: {"200": {description: done}}
components:
  parameters:
    limit: {in: query, name: limit, schema: {type: integer, maximum: 100, minimum: 0, exclusiveMinimum: true}}
  schemas:
    base: {type: object, required: [id], properties: {id: {type: string}}}
    change: {type: object, properties: {name: {type: string}, labels: {type: object, additionalProperties: {type: string}}}}
    thing:
      allOf:
        - {$ref: "#/components/schemas/base"}
        - type: object
          required: [at]
          properties:
            at: {type: string, format: date-time, nullable: true}
            parts: {type: array, items: {anyOf: [{$ref: "#/components/schemas/base"}, {type: string}]}}
""")
OURS = yaml.safe_load("""
paths:
  /things/{id}:
    put:
      x-when: dry_run
      x-source: example
      parameters: [{in: query, name: dry_run, schema: {type: boolean}}]
      responses: {"204": {description: valid}}
  /refs/{+ref}:
    delete: {responses: {"204": {description: gone}}}
""")
DESCRIPTIONS = Descriptions(
    [
        *operations(OURS, name="ours", is_official=False),
        *operations(OFFICIAL, name="official", is_official=True),
    ],
    prefix="/v1",
)
THING = {"id": "t-a", "at": "2026-11-24T10:00:00Z"}


def told(exchange: Made) -> list[str]:
    return [f"{each.place}: {each.message}" for each in violations([exchange], DESCRIPTIONS)]


@pytest.mark.parametrize(
    "exchange",
    [
        made("GET /v1/things?limit=20&kind=a&kind=b&owner=x,y", answered=[THING]),
        made("GET /v1/things", answered=[{**THING, "at": None, "parts": ["x", {"id": "p"}]}]),
        made("GET /v1/things", status=404, answered={"message": "no"}),
        made("PUT /v1/things/t-a", sent={"labels": {"a": "b"}}, answered=THING),
        made("PUT /v1/things/t-a", sent={}, status=202),
        made("PUT /v1/things/t-a?dry_run=true", status=204),
        made("DELETE /v1/refs/heads/a/b", status=204),
    ],
)
def test_what_is_described_passes(exchange: Made):
    assert told(exchange) == []


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        (made("GET /v1/nothing"), "path: nothing describes this call"),
        (made("PATCH /v1/things/t-a"), "path: nothing describes this call"),
        (made("GET /v1/things?limits=2", answered=[]), "query limits: is not described"),
        (made("GET /v1/things?limit=0", answered=[]), "query limit: 0 is less than or equal to"),
        (made("GET /v1/things?limit=many", answered=[]), "query limit: 'many' is not of type"),
        (made("GET /v1/things?kind=c", answered=[]), "query kind[]: 'c' is not one of"),
        (made("PUT /v1/things/T", sent={}, answered=THING), "path id: 'T' does not match"),
        (made("PUT /v1/things/t-a", answered=THING), "request body: is required"),
        (made("PUT /v1/things/t-a", sent={"name": 1}, answered=THING), "request body name: 1 is"),
        (made("PUT /v1/things/t-a", sent={"nam": ""}, answered=THING), "request body nam: is not"),
        (made("GET /v1/things", sent={}, answered=[]), "request body: is not described"),
        (made("GET /v1/things", answered=[{"id": "t-a"}]), "answer 200 []: 'at' is a required"),
        (made("GET /v1/things", answered=[{**THING, "id": None}]), "answer 200 [].id: None is not"),
        (made("GET /v1/things", answered=[{**THING, "at": "now"}]), "answer 200 [].at: 'now' is"),
        (
            made("GET /v1/things", answered=[{**THING, "parts": [{"id": "", "x": 1}]}]),
            "answer 200 [].parts[].x: is not described",
        ),
        (made("GET /v1/things"), "answer 200: has no body"),
        (made("GET /v1/things", status=500), "answer 500: is not described"),
        (
            Made(
                path="/v1/things", answer_body=b"[]", answer_headers={"content-type": "text/html"}
            ),
            "answer 200 content-type: 'text/html' is not",
        ),
        (Made(path="/v1/things", answer_body=b"["), "answer 200: is no JSON"),
        (
            made("PUT /v1/things/t-a?dry_run=perhaps", status=204),
            "query dry_run: 'perhaps' is not of type",
        ),
    ],
)
def test_what_is_not_described_is_found(exchange: Made, expected: str):
    [found] = told(exchange)
    assert found.startswith(expected)


FORM = (
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a.ts"\r\n\r\n{}\r\n'
    '--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n%s\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ('{"name": "a"}', []),
        ('{"name": 1}', ["request body metadata.name: 1 is not of type 'string'"]),
    ],
)
def test_forms_are_read(metadata: str, expected: list[str]):
    exchange = Made(
        method="POST",
        path="/v1/things/upload",
        request_headers={"content-type": "multipart/form-data; boundary=b"},
        request_body=(FORM % metadata).encode(),
    )
    assert told(exchange) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("PUT /v1/things/t-a", ("PUT /things/{id}", True)),
        ("PUT /v1/things/t-a?dry_run=true", ("PUT /things/{id}", False)),
        ("DELETE /v1/refs/tags/a", ("DELETE /refs/{+ref}", False)),
    ],
)
def test_the_vendors_own_description_comes_first_but_for_what_it_lacks(
    call: str, expected: tuple[str, bool]
):
    found = operation_of(made(call), DESCRIPTIONS)
    assert found is not None
    assert (found.name, found.is_official) == expected


def test_nothing_of_a_long_value_is_quoted():
    long: dict[str, Any] = {"id": "t-a", "at": {"x": "y" * 1000}}
    [found, *_] = told(made("GET /v1/things", answered=[long]))
    assert len(found) < 200
