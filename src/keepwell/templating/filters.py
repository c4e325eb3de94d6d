"""One filter per target language: a value in, text of that language out that reads back the same.

Every filter answers a `Literal`; the environment prints nothing else, so that a template cannot
put a value into a document without saying in which language. Lone surrogates have no UTF-8 and
are refused everywhere; a language that cannot hold a value refuses it.
"""

import json as json_text
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined


class Literal(str):
    """Text that a filter has written for its target language."""

    __slots__ = ()


class Unfit(ValueError):  # noqa: N818 - a judgement about a value
    """The value cannot be written in the language."""


_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON leaves as it is, though YAML and TOML want it escaped and terminals act on it."""

_PLAIN = re.compile(r"(?:[A-Za-z_/]|\./)[A-Za-z0-9_./+@-]*(?: [A-Za-z0-9_./+@-]+)*")
_NOT_PLAIN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Words that YAML 1.1 or 1.2 reads as something else. Source: https://yaml.org/type/bool.html"""

_SQL_SAFE_INTEGER = 2**63
_MARKDOWN = re.compile(r"[!-/:-@\[-`{-~]")
_BLANK = re.compile(r"^ | $|  +|[^\S ]")


def escape(text: str) -> str:
    """JSON text, with what YAML, TOML and terminals do not bear escaped."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def encodable(text: str) -> str:
    """The text itself.

    Raises:
        Unfit: it holds a lone surrogate, which no UTF-8 file can hold.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unfit(f"a lone surrogate (U+{ord(text[error.start]):04X}) has no UTF-8") from None
    return text


def json(value: Any) -> Literal:
    """The value as JSON."""
    return Literal(_write(value, language="JSON", string=_quoted, mapping=_json_mapping))


def yaml(value: Any, *, quoted: bool = False) -> Literal:
    """The value as YAML that version 1.1 and 1.2 read alike; `quoted` quotes every string."""
    string = _quoted if quoted else _yaml_string
    return Literal(_write(value, language="YAML", string=string, mapping=_json_mapping))


def toml(value: Any) -> Literal:
    """The value as TOML. There is no null."""
    return Literal(_write(value, language="TOML", string=_quoted, mapping=_toml_mapping))


def sql_literal(value: Any) -> Literal:
    """The value as a literal of PostgreSQL, whatever `standard_conforming_strings` says."""
    value = _defined(value)
    if isinstance(value, str):
        return Literal(_sql_string(encodable(value)))
    if value is None:
        return Literal("NULL")
    if isinstance(value, bool):
        return Literal("TRUE" if value else "FALSE")
    if isinstance(value, int) and abs(value) < _SQL_SAFE_INTEGER:
        return Literal(value)
    raise Unfit(f"SQL: no literal for {type(value).__name__}")


def sql_identifier(value: Any) -> Literal:
    """The text as a quoted name of PostgreSQL."""
    text = _text(value, language="SQL")
    if not text or "\0" in text:
        raise Unfit("SQL: a name is not empty and holds no NUL")
    return Literal('"' + text.replace('"', '""') + '"')


def cf_string(value: Any) -> Literal:
    r"""The text as a quoted string of Cloudflare's rules language: only `\"`, `\\` and `\xHH`.

    Source: https://developers.cloudflare.com/ruleset-engine/rules-language/values/ (read 2026-11)
    """
    text = _text(value, language="Cloudflare")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return Literal('"' + re.sub(r"[\x00-\x1f\x7f]", _hexadecimal, escaped) + '"')


def cf_int(value: Any) -> Literal:
    """The number as an integer of Cloudflare's rules language (signed, 64 bits)."""
    value = _defined(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _SQL_SAFE_INTEGER:
        raise Unfit("Cloudflare: not an integer of 64 bits")
    return Literal(value)


def md(value: Any) -> Literal:
    """The text as inline Markdown that shows exactly it: no markup, no line begins a block."""
    text = _text(value, language="Markdown")
    if re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]", text):
        raise Unfit("Markdown: control characters have no form")
    escaped = _MARKDOWN.sub(lambda found: "\\" + found.group(), text)
    return Literal(_BLANK.sub(_entities, escaped))


def _defined(value: Any) -> Any:
    if isinstance(value, StrictUndefined):
        str(value)  # raises, and names what is missing
    return value


def _text(value: Any, *, language: str) -> str:
    value = _defined(value)
    if not isinstance(value, str):
        raise Unfit(f"{language}: {type(value).__name__} is not text")
    return encodable(value)


def _write(
    value: Any,
    *,
    language: str,
    string: Callable[[str], str],
    mapping: Callable[[list[tuple[str, str]]], str],
) -> str:
    def write(node: Any) -> str:
        node = _defined(node)
        if isinstance(node, str):
            return string(encodable(node))
        if isinstance(node, Mapping):
            named = [(_text(key, language=language), item) for key, item in node.items()]
            return mapping([(string(key), write(item)) for key, item in named])
        if isinstance(node, list | tuple):
            return "[" + ", ".join(map(write, node)) + "]"
        return _scalar(node, language=language)

    return write(value)


def _scalar(value: Any, *, language: str) -> str:
    if value is None and language != "TOML":
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and (language != "TOML" or -(2**63) <= value < 2**63):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return _float(value)
    raise Unfit(f"{language}: no form for {value!r}")


def _float(value: float) -> str:
    # YAML 1.1 takes 1e+16 for text: it wants a point.
    mantissa, exponent, power = repr(value).partition("e")
    return mantissa + ("" if "." in mantissa else ".0") + exponent + power


def _quoted(text: str) -> str:
    return escape(json_text.dumps(text, ensure_ascii=False))


def _yaml_string(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_PLAIN
    return text if is_plain else _quoted(text)


def _json_mapping(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {item}" for key, item in pairs) + "}"


def _toml_mapping(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key} = {item}" for key, item in pairs) + "}"


def _sql_string(text: str) -> str:
    if "\0" in text:
        raise Unfit("SQL: PostgreSQL's text holds no NUL")
    doubled = text.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in doubled else f"'{doubled}'"


def _hexadecimal(found: re.Match[str]) -> str:
    return f"\\x{ord(found.group()):02x}"


def _entities(found: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in found.group())


FILTERS: Mapping[str, Callable[..., Literal]] = {
    "yaml": yaml,
    "toml": toml,
    "json": json,
    "sql_literal": sql_literal,
    "sql_identifier": sql_identifier,
    "cf_string": cf_string,
    "cf_int": cf_int,
    "md": md,
}
