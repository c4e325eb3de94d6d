"""What came back, parsed."""

import json as json_text
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a vendor answered; its repr holds no value, as some answers hold secrets.

    `json` is None where the body was empty; the names of `headers` are found in any case.
    """

    status: int
    json: Any = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def parsed(response: httpx.Response) -> Any:
    """The JSON of an answer, None where its body is empty.

    Raises:
        ValueError: it says that it is no JSON, or is none.
    """
    if not response.content.strip():
        return None
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if "json" not in kind:
        raise ValueError(f"content type {kind or 'missing'!r}")
    try:
        return json_text.loads(response.content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def parsed_if_json(response: httpx.Response) -> Any:
    """The JSON of a refusal, whatever it says that it is; None where it is none."""
    try:
        return json_text.loads(response.content)
    except (ValueError, RecursionError):
        return None
