"""Holds exchanges with a vendor, or with its stand-in, against what describes them.

Judges path, query, request body, status and answer. A call that nothing describes is a violation.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

from tests.contracts.descriptions import Descriptions, Operation
from tests.contracts.schemas import Schemas


class Exchange(Protocol):
    """A request and its answer, as the simulators keep them. Names of headers are lower case.

    A status of 0 says that the connection was cut before an answer.
    """

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def request_headers(self) -> Mapping[str, str]: ...
    @property
    def request_body(self) -> bytes: ...
    @property
    def status(self) -> int: ...
    @property
    def answer_headers(self) -> Mapping[str, str]: ...
    @property
    def answer_body(self) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something that the description does not say, or says otherwise.

    `place` is as "request body rules[].action", "query limit" or "answer 200 result.id".
    """

    operation: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.place}: {self.message}"


Told = Iterator[tuple[str, str]]


def violations(exchanges: Sequence[Exchange], descriptions: Descriptions) -> Iterator[Violation]:
    """Every violation in these exchanges, in their order."""
    for exchange in exchanges:
        operation = operation_of(exchange, descriptions)
        if operation is None:
            name = f"{exchange.method} {exchange.path}"
            yield Violation(operation=name, place="path", message="nothing describes this call")
        else:
            for place, message in _judge(exchange, operation, descriptions):
                yield Violation(operation=operation.name, place=place.strip(), message=message)


def operation_of(exchange: Exchange, descriptions: Descriptions) -> Operation | None:
    """What describes an exchange."""
    asked = frozenset(name for name, _ in _pairs(exchange))
    path = descriptions.without_prefix(exchange.path)
    return descriptions.find(exchange.method, path, asked=asked)


def _pairs(exchange: Exchange) -> list[tuple[str, str]]:
    return parse_qsl(exchange.query, keep_blank_values=True)


def _judge(exchange: Exchange, operation: Operation, descriptions: Descriptions) -> Told:
    path = descriptions.without_prefix(exchange.path)
    yield from _path(path, operation)
    yield from _query(exchange, operation)
    yield from _request(exchange, operation)
    if exchange.status:
        yield from _answer(exchange, operation)


def _path(path: str, operation: Operation) -> Told:
    found = operation.pattern.fullmatch(path)
    assert found is not None, "the operation was found by this pattern"
    for parameter in operation.parameters:
        if parameter["in"] == "path" and parameter["name"] in found.groupdict():
            value = unquote(found[parameter["name"]])
            for _, message in operation.schemas.errors(value, parameter.get("schema", {})):
                yield f"path {parameter['name']}", message


def _query(exchange: Exchange, operation: Operation) -> Told:
    known = {each["name"]: each for each in operation.parameters if each["in"] == "query"}
    pairs = _pairs(exchange)
    sent = {name.removesuffix("[]") for name, _ in pairs}
    for name in sorted(sent - set(known)):
        yield f"query {name}", "is not described"
    for name, parameter in known.items():
        if name in sent:
            given = [value for key, value in pairs if key.removesuffix("[]") == name]
            value = _typed(given, parameter, operation)
            for place, message in operation.schemas.errors(value, parameter["schema"]):
                yield f"query {name}{place}", message
        elif parameter.get("required"):
            yield f"query {name}", "is required"


def _typed(given: list[str], parameter: Mapping[str, Any], operation: Operation) -> Any:
    """What the text of a query stands for, as its schema has it."""
    schema = operation.schemas.resolved(parameter["schema"])
    if schema.get("type") != "array":
        return _scalar(given[-1], schema) if len(given) == 1 else given
    items = operation.schemas.resolved(schema.get("items", {}))
    parts = given if parameter.get("explode", True) else given[-1].split(",")
    return [_scalar(part, items) for part in parts]


def _scalar(text: str, schema: Mapping[str, Any]) -> Any:
    if schema.get("type") in {"integer", "number", "boolean"}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _request(exchange: Exchange, operation: Operation) -> Told:
    described = operation.request
    if not exchange.request_body:
        if described and described.get("required"):
            yield "request body", "is required"
        return
    if not described:
        yield "request body", "is not described"
        return
    yield from _body(
        exchange.request_body,
        exchange.request_headers.get("content-type", ""),
        described["content"],
        schemas=operation.sent,
        place="request body",
    )


def _answer(exchange: Exchange, operation: Operation) -> Told:
    responses = operation.content["responses"]
    names = (str(exchange.status), f"{exchange.status // 100}XX", f"{exchange.status // 100}xx")
    described = next((responses[name] for name in names if name in responses), None)
    place = f"answer {exchange.status}"
    if described is None:
        yield place, "is not described"
        return
    content = operation.schemas.resolved(described).get("content", {})
    if content and not exchange.answer_body:
        yield place, "has no body, which is described"
    elif exchange.answer_body and content:
        type_ = exchange.answer_headers.get("content-type", "")
        yield from _body(
            exchange.answer_body, type_, content, schemas=operation.schemas, place=place
        )


def _body(
    body: bytes, type_: str, content: Mapping[str, Any], *, schemas: Schemas, place: str
) -> Told:
    bare = type_.split(";", maxsplit=1)[0].strip()
    if bare not in content:
        yield f"{place} content-type", f"{type_!r} is not described"
        return
    if bare not in {"application/json", "multipart/form-data"}:
        return
    schema = content[bare].get("schema", {})
    try:
        if bare == "application/json":
            value = json.loads(body)
        else:
            value = _form(body, type_, schemas.resolved(schema).get("properties", {}))
    except ValueError as error:
        yield place, f"is no JSON: {error}"
        return
    for inner, message in schemas.errors(value, schema):
        yield f"{place} {inner}", message


def _form(body: bytes, type_: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form; where the part itself is JSON, what it stands for.

    A field that is described as a list may come many times.
    """
    head = f"Content-Type: {type_}\r\n\r\n".encode()
    fields: dict[str, list[Any]] = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        assert isinstance(part, EmailMessage)
        text = part.get_payload(decode=True).decode()  # type: ignore[union-attr]
        is_json = part.get_filename() is None and text[:1] in "{["
        name = part["content-disposition"].params["name"]
        fields.setdefault(name, []).append(json.loads(text) if is_json else text)
    return {
        name: values if described.get(name, {}).get("type") == "array" else values[-1]
        for name, values in fields.items()
    }
