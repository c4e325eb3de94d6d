"""The YAML parser's complaints in the words of someone who edits a file."""

import yaml

from keepwell.stackfile.wording import printable

_TAB, _NO_TAB = "a tab where blanks indent", "indent with blanks"

_WORDS = (
    (
        "mapping values are not allowed",
        "a colon where none can stand",
        "put a text that holds `: ` in quotes, or check the indentation of this line",
    ),
    (
        "did not find expected key",
        "this does not fit what stands above it",
        "check the indentation, and that quotes and brackets above are closed",
    ),
    (
        "expected <block end>",
        "this does not fit what stands above it",
        "check the indentation, and that quotes and brackets above are closed",
    ),
    (
        "could not find expected ':'",
        "the key in line {line} has no colon",
        "write `key: value`, or put a text of several lines in quotes",
    ),
    (
        "expected '-' indicator",
        "this does not continue the list above it",
        "check the indentation; each item begins with `- `",
    ),
    ("expected ',' or ']'", "the list that begins in line {line} lacks a comma or its `]`", ""),
    ("expected ',' or '}'", "the mapping that begins in line {line} lacks a comma or its `}}`", ""),
    ("unexpected end of stream", "the quote that opens in line {line} is never closed", ""),
    (
        "unknown escape character",
        "an escape that double quotes do not know",
        "use single quotes, or double the backslash",
    ),
    ("node content", "a value is missing here, or a bracket is not closed", ""),
    ("entries are not allowed", "a list cannot begin here", "begin it in a line of its own"),
    ("<document start>", "text stands behind the end of the document", "remove the line `...`"),
    ("incompatible YAML", "this is another version of YAML", "remove the line `%YAML`"),
    ("tab character", _TAB, _NO_TAB),
    ("maximum nesting depth", "nested too deeply", ""),
    ("undefined tag handle", "this tag is not defined", "put a text that begins with ! in quotes"),
)


def explain(error: yaml.MarkedYAMLError, *, text: str) -> tuple[str, str]:
    """Message and hint; names the line where an unclosed thing was opened."""
    problem = error.problem or ""
    if "cannot start any token" in problem:
        return _bad_start(error, text=text)
    opening = error.context_mark or error.problem_mark
    for fragment, message, hint in _WORDS:
        if fragment in problem:
            return message.format(line=opening.line + 1 if opening else 1), hint
    return f"this is not YAML: {printable(problem)}", ""


def _bad_start(error: yaml.MarkedYAMLError, *, text: str) -> tuple[str, str]:
    mark = error.problem_mark
    line = text.splitlines()[mark.line] if mark else ""
    sign = line[mark.column : mark.column + 1] if mark else ""
    if sign == "\t":
        return _TAB, _NO_TAB
    return f"a value cannot begin with {printable(sign)}", "put it in quotes"
