"""Values and expectations in words; a value that may be a secret is never shown."""

import ast
import re

from keepwell.stackfile.nodes import ListNode, MapNode, Path, YamlNode
from keepwell.stackfile.wording import LONGEST_SHOWN, printable

EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
"""What each of pydantic's type errors misses."""

SECRET_NAME = r"^[A-Z][A-Z0-9_]*$"  # noqa: S105 - what names look like
SLUG = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
PATTERN_WORDS = {
    SLUG: "lower-case letters, digits and dashes",
    r"^[A-Za-z_][A-Za-z0-9_]*$": "letters, digits and underscores, no digit first",
    SECRET_NAME: "the name of a secret: capitals, digits and underscores",
    r"^/[^\s\"\\]*$": "a path that begins with a slash, without blanks, quotes or backslashes",
    r"^https://[^\s/@]+(/[^\s]*)?$": "an https URL without user name or password",
    r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$": "a host name in lower case",
    r"^[a-z_][a-z0-9_]{0,62}$": "lower-case letters, digits and underscores, no digit first",
    r"^[a-z]{20}$": "the project's 20 lower-case letters",
    r"^https://(github|gitlab)\.com/[^\s]+$": "a URL that begins with https://github.com/ or "
    "https://gitlab.com/",
    r"^(@|[a-z0-9_*]([a-z0-9_.-]*[a-z0-9])?)$": "@ or a name below the zone, in lower case",
    r"^[a-z0-9-]+$": "the name of a header in lower case",
    r"^(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}$": "HOST:PORT, an IPv6 address in brackets",
    r"^[^\s\"\\]+$": "text without blanks, quotes or backslashes",
    r"^[^\"\\]+$": "text without quotes or backslashes",
}
"""The patterns of the models, read aloud."""

_PRIVATE_KEY = re.compile(
    r"^env$|^env_groups$|secret|token|passw|credential|bearer|headers|private|api_?key|_url$|dsn",
    re.IGNORECASE,
)
_PRIVATE_VALUE = re.compile(
    r"://[^/\s]*@|-----BEGIN|^(sk|pk|rk|rnd|sbp?|gh[a-z]|github_pat|xox[a-z]|whsec|eyJ|AKIA)[-_]?\w"
)


def is_private(path: Path) -> bool:
    """Whether what stands there may be a secret, judged by the keys above it."""
    return any(isinstance(part, str) and _PRIVATE_KEY.search(part) for part in path)


def describe(node: YamlNode, *, path: Path) -> str:
    """The node in words: `the number 5`, `a list`, `text` where it may be a secret."""
    if isinstance(node, MapNode):
        return "a mapping"
    if isinstance(node, ListNode):
        return "a list"
    if node.value is None or isinstance(node.value, bool):
        return "nothing" if node.value is None else node.text
    is_text = isinstance(node.value, str)
    if is_private(path) or _looks_private(node.text):
        return "text" if is_text else "a number"
    return f'the text "{printable(node.text)}"' if is_text else f"the number {node.text}"


def _looks_private(text: str) -> bool:
    return len(text) > LONGEST_SHOWN or _PRIVATE_VALUE.search(text) is not None


def choices(expected: str) -> list[str | int | bool]:
    """The values that pydantic lists as in `'a', 'b' or 3`."""
    return list(ast.literal_eval(f"[{expected.replace(' or ', ', ')}]"))
