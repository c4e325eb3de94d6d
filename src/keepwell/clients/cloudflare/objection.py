"""What Cloudflare objects to, in words: the code, the message, and the rule that is meant.

Cloudflare may quote what was sent, secrets included: they are blotted out here.
Source: https://developers.cloudflare.com/fundamentals/api/reference/ and
https://developers.cloudflare.com/ruleset-engine/rulesets-api/ (read 2026-11).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from keepwell.clients.base import CallError
from keepwell.clients.cloudflare.comparing import is_telling, quoted
from keepwell.clients.cloudflare.phase import Rule
from keepwell.clients.cloudflare.terms import TERMS
from keepwell.errors import ApiError
from keepwell.model.plan import Change
from keepwell.model.secret import Lookup, names_in

_POINTER = re.compile(r"/rules/(\d+)/?(.*)")
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
_SHORTEST = 8
"""Shorter words are no secrets, and blotting them would leave no sentence to read."""
_BLOT = "(hidden)"


def is_refusal(body: Any) -> bool:
    """Whether the answer says no: it may do so with any status, 200 included."""
    return not isinstance(body, Mapping) or body.get("success") is not True


def objections(
    body: Any, *, rules: Sequence[Rule] = (), secrets: Collection[str] = ()
) -> tuple[str, ...]:
    """Each error of the answer as a sentence: "rule keepwell-a, expression: ... (code 20127)".

    Args:
        body: the answer's JSON.
        rules: the rules that were sent with the call, in order.
        secrets: what no sentence may hold.
    """
    told = [_told(each, rules=rules) for each in _errors(body)]
    return tuple(_blotted(each, secrets) for each in told) or ("it gave no reason",)


def result(
    body: Any, call: str, *, rules: Sequence[Rule] = (), secrets: Collection[str] = ()
) -> Any:
    """What the answer to `call`, a phrase ("the rules of the phase x"), holds.

    Raises:
        ApiError: it says no, whatever its status; the message holds none of `secrets`.
    """
    if not is_refusal(body):
        return body.get("result")
    raise ApiError(
        f"cloudflare refused {call}: {'; '.join(objections(body, rules=rules, secrets=secrets))}",
        hint="change what the message names, where it is declared, and plan again",
        see=next(_links(body), TERMS.see),
    )


def codes_in(body: Any) -> frozenset[int]:
    """The codes of all errors of the answer, and of those that led to them."""
    return frozenset(each["code"] for each in _errors(body) if isinstance(each.get("code"), int))


@contextmanager
def unquoted(secrets: Collection[str]) -> Iterator[None]:
    """Blots the secrets out of what a failed call says, and drops the answer that it holds."""
    try:
        yield
    except CallError as error:
        error.message = _blotted(error.message, secrets)
        error.args = (error.message,)
        error.body = None
        raise


def secrets_in(
    changes: Sequence[Change], rules: Sequence[Rule], *, lookup: Lookup
) -> frozenset[str]:
    """What must not be quoted: the changes' secrets, and what rules as they stand may hold."""
    names = names_in([dict(change.resource.fields) for change in changes])
    values = [value for name in names if (value := lookup(name))]
    standing = [
        found
        for rule in rules
        if is_telling(text := str(rule.get("expression", "")))
        for found in _LITERAL.findall(text)
        if len(found) >= _SHORTEST
    ]
    return frozenset([*values, *map(quoted, values), *standing])


def _told(error: Mapping[str, Any], *, rules: Sequence[Rule]) -> str:
    source = error.get("source")
    pointer = str(source.get("pointer", "")) if isinstance(source, Mapping) else ""
    where = f"{_place(pointer, rules=rules)}: " if pointer else ""
    code = f" (code {error['code']})" if "code" in error else ""
    return f"{where}{error.get('message') or 'no message'}{code}"


def _place(pointer: str, *, rules: Sequence[Rule]) -> str:
    found = _POINTER.fullmatch(pointer)
    if not found or int(found[1]) >= len(rules):
        return pointer
    rule = rules[int(found[1])]
    within = found[2].replace("/", ".")
    return f"rule {rule.get('ref') or found[1]}{f', {within}' if within else ''}"


def _blotted(text: str, secrets: Collection[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _BLOT)
    return text


def _links(body: Any) -> Iterator[str]:
    for error in _errors(body):
        if error.get("documentation_url"):
            yield str(error["documentation_url"])


def _errors(body: Any) -> Iterator[Mapping[str, Any]]:
    listed = body.get("errors") if isinstance(body, Mapping) else None
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, Mapping):
            yield each
            yield from _errors({"errors": each.get("error_chain")})
