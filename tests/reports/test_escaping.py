import pytest

from keepwell.reports.escaping import (
    command_message,
    command_property,
    fenced,
    html_text,
    markdown,
    one_line,
    visible,
)


@pytest.mark.parametrize(
    ("function", "text", "expected"),
    [
        (visible, "a\tb\nc", "a\tb\nc"),
        (visible, "\x1b[31m", "\\x1b[31m"),
        (visible, "\u202e\u2028", "\\u202e\\u2028"),
        (visible, "\x85", "\\x85"),
        (one_line, "a\nb\tc\r", "a\\nb\\tc\\r"),
        (markdown, "a|b", "a\\|b"),
        (markdown, "<b>", "\\<b\\>"),
        (html_text, '<b a="1">&', "&lt;b a=&quot;1&quot;&gt;&amp;"),
        (command_message, "50%\nx", "50%25%0Ax"),
        (command_property, "a:b,c", "a%3Ab%2Cc"),
    ],
)
def test_escapes(function, text: str, expected: str):
    assert function(text) == expected


def test_a_fence_is_longer_than_any_run_inside():
    assert fenced("a ```` b", language="diff") == "`````diff\na ```` b\n`````\n"
    assert fenced("plain", language="text") == "```text\nplain\n```\n"
