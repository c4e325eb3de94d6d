import json

import pytest

from keepwell.templating.layout import lay_out, read


def test_short_lists_stay_on_one_line_and_the_rest_is_indented():
    content = {"a": [1, 2], "b": {"c": [], "d": {}}, "e": [{"f": None}], "g": ["x" * 90]}
    assert lay_out(content) == (
        '{\n  "a": [1, 2],\n  "b": {\n    "c": [],\n    "d": {}\n  },\n  "e": [\n    {\n'
        '      "f": null\n    }\n  ],\n  "g": [\n    "' + "x" * 90 + '"\n  ]\n}\n'
    )


@pytest.mark.parametrize("text", ["\x7f\x85\u2028\ufeff", '"\\/', "😀", "\x00\n"])
def test_what_is_laid_out_reads_back_and_acts_on_no_terminal(text: str):
    content = {text: [text, {text: text}]}
    laid_out = lay_out(content)
    assert read(laid_out) == content == json.loads(laid_out)
    assert all(character.isprintable() or character == "\n" for character in laid_out)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        '{"a": 1,}',
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        '{"a": NaN}',
        "{} {}",
    ],
)
def test_what_is_not_one_object_in_strict_json_is_refused(text: str):
    with pytest.raises(ValueError):
        read(text)
