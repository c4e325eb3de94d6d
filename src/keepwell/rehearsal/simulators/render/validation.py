"""POST /blueprints/validate: always 200, and `valid` says whether the file is.

Source: https://api-docs.render.com/reference/validate-blueprint (read 2026-11). It judges a little
of what Render judges: that the file is YAML, and that types and plans are known.
"""

from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.render.blueprint import SERVICE_TYPES, STORE_TYPES, parse

_PLANS = ("free", "starter", "standard", "pro", "pro plus", "pro max", "pro ultra", "starter plus")
"""It takes "starter plus", which a sync then leaves out."""


async def validate(request: Request) -> Response:
    """Judges the uploaded file."""
    parts = _parts(request.headers.get("content-type", ""), await request.body())
    if not {"ownerId", "file"} <= parts.keys():
        return JSONResponse({"message": "ownerId and file are needed"}, status_code=400)
    errors = list(_errors(parts["file"]))
    plan = {} if errors else {"plan": _plan(parse(parts["file"]))}
    return JSONResponse({"valid": not errors, "errors": errors, **plan})


def _parts(kind: str, body: bytes) -> dict[str, str]:
    """The parts of a multipart body, by name."""
    head = f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = message.iter_parts() if message.is_multipart() else ()
    return {
        str(part.get_param("name", header="content-disposition")): _text(part) for part in parts
    }


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode() if isinstance(content, bytes) else ""


def _errors(text: str) -> Iterator[dict[str, str]]:
    try:
        content = parse(text)
    except yaml.YAMLError as error:
        yield {"error": str(error)}
        return
    if not isinstance(content, dict):
        yield {"error": "the file is no mapping"}
        return
    for place, each in enumerate(content.get("services", [])):
        if "name" not in each:
            yield {"path": f"services[{place}].name", "error": "is required"}
        if each.get("type") not in (*SERVICE_TYPES, *STORE_TYPES):
            yield {"path": f"services[{place}].type", "error": "unknown type"}
        if each.get("plan", "starter") not in _PLANS:
            yield {"path": f"services[{place}].plan", "error": "unknown plan"}


def _plan(content: Any) -> dict[str, Any]:
    """What a sync would touch."""
    rows = content.get("services", [])
    named = {
        "services": [each["name"] for each in rows if each["type"] in SERVICE_TYPES],
        "databases": [],
        "keyValue": [each["name"] for each in rows if each["type"] in STORE_TYPES],
        "envGroups": [each["name"] for each in content.get("envVarGroups", [])],
    }
    return {**named, "totalActions": sum(map(len, named.values()))}
