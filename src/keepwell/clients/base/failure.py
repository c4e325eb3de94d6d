"""What a vendor's refusal says to the person who must act on it. Never a token, header or query."""

import json
from collections.abc import Mapping
from typing import Any

from keepwell.clients.base.retrying import is_limit
from keepwell.clients.base.terms import Terms, begins
from keepwell.errors import ApiError

_REQUEST_IDS = (
    "render-request-id",
    "cf-ray",
    "x-github-request-id",
    "sb-request-id",
    "x-request-id",
)
_MESSAGES = ("message", "error_description", "error", "msg")
_LONGEST = 300


class CallError(ApiError):
    """A call that gave no answer that can be used.

    `status` is None where there was no answer at all; `body` is the parsed answer, None where it
    had none or was not JSON.
    """

    def __init__(
        self, message: str, *, status: int | None = None, body: Any = None, hint: str, see: str
    ) -> None:
        super().__init__(message, hint=hint, see=see)
        self.status = status
        self.body = body


def refusal(  # noqa: PLR0913 - an answer in its parts
    terms: Terms,
    call: str,
    *,
    status: int,
    headers: Mapping[str, str],
    body: Any,
    wait_s: float | None = None,
) -> CallError:
    """The error for an answer that was not expected.

    `body` holds no secret any more; `wait_s` is how long a limit asks to wait, None where it does
    not say.
    """
    request = next((headers[name] for name in _REQUEST_IDS if headers.get(name)), "")
    said = _said(body)
    return CallError(
        f"{terms.vendor} answered {status} to {call}"
        + (f" (request {_short(request)})" if request else "")
        + (f": {said}" if said else ""),
        status=status,
        body=body,
        hint=_waiting(wait_s)
        if is_limit(status, headers=headers)
        else _hint(terms, call, status=status, body=body),
        see=terms.see,
    )


def silence(terms: Terms, call: str, *, what: str) -> CallError:
    """The error for a call that got no answer."""
    return CallError(
        f"{terms.vendor} gave no answer to {call}: {_short(what)}",
        hint=f"look whether {terms.base_url} can be reached from here, then try again",
        see=terms.see,
    )


def exhaustion(terms: Terms, call: str, *, wait_s: float) -> CallError:
    """The error for a call that was not sent, as its turn would come too late."""
    return CallError(
        f"{terms.vendor} was not asked for {call}: its limit leaves nothing for {wait_s:.0f} s",
        hint=_waiting(wait_s),
        see=terms.see,
    )


def _waiting(wait_s: float | None) -> str:
    how_long = "" if wait_s is None else f" {wait_s:.0f} s"
    return f"wait{how_long}, then run it again; somebody else may be using the same token"


def _hint(terms: Terms, call: str, *, status: int, body: Any) -> str:
    if status == 401:
        return f"{terms.token_name} is wrong or has expired; make a new one at {terms.token_url}"
    if status == 403:
        return f"{terms.token_name} needs {_permission(terms, call, body)}"
    if status >= 500:
        return f"{terms.vendor} has a fault of its own; look at its status page, then try again"
    return ""


def _permission(terms: Terms, call: str, body: Any) -> str:
    missing = body.get("missing_permissions") if isinstance(body, dict) else None
    if isinstance(missing, list) and missing:
        return _short(", ".join(map(str, missing)))
    fitting = [start for start in terms.permission if begins(start, call)]
    return terms.permission[max(fitting, key=len)] if fitting else f"the right to {call}"


def _said(body: Any) -> str:
    """The vendor's own words, wherever it keeps them, on one line."""
    if isinstance(body, dict) and isinstance(errors := body.get("errors"), list):
        return _short("; ".join(_one(each) for each in errors))
    if isinstance(body, dict):
        return _short(next((str(body[name]) for name in _MESSAGES if body.get(name)), ""))
    return ""


def _one(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    code = f"{error['code']} " if error.get("code") else ""
    source = error.get("source")
    pointer = source.get("pointer") if isinstance(source, dict) else ""
    return f"{code}{error.get('message', json.dumps(error))}" + (
        f" at {pointer}" if pointer else ""
    )


def _short(text: str) -> str:
    """On one line, cut, with every sign that a terminal would obey as an escape."""
    text = " ".join(text.split())
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
