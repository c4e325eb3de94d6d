"""Text from outside, made harmless for the place where it will stand.

Titles, bodies and error texts come from services and files that strangers write: they must not
move a terminal's cursor, command a runner or break out of a Markdown cell.
"""

import html
import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~@&$-])")
_FENCE = re.compile(r"`{3,}")


def visible(text: str) -> str:
    """Shows control and direction characters as escapes; keeps tabs and line ends."""
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """The same on a single line."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def markdown(text: str) -> str:
    """Text that Markdown shows literally, on one line, also inside a table's cell."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def html_text(text: str) -> str:
    """Text that HTML shows literally: inside a tag's block Markdown's escapes do not work."""
    return html.escape(one_line(text))


def fenced(text: str, *, language: str) -> str:
    """A code block whose fence is longer than any in the text."""
    longest = max((len(run) for run in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{visible(text).rstrip()}\n{fence}\n"


def command_property(text: str) -> str:
    """Escapes a property of a workflow command, such as `file` or `title`."""
    return command_message(text).replace(":", "%3A").replace(",", "%2C")


def command_message(text: str) -> str:
    """Escapes the message of a workflow command."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
