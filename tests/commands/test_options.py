import pytest

from keepwell.commands.options import parse_resolve
from keepwell.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, {}),
        ("", {}),
        ("a.example=127.0.0.1", {"a.example": "127.0.0.1"}),
        ("a=1, b=::1 ,", {"a": "1", "b": "::1"}),
    ],
)
def test_pairs_are_read(text: str | None, expected: dict[str, str]):
    assert parse_resolve(text) == expected


@pytest.mark.parametrize("text", ["a", "=1", "a=", "a=1,b"])
def test_what_is_no_pair_is_refused_with_an_example(text: str):
    with pytest.raises(UsageError) as caught:
        parse_resolve(text)
    assert "--resolve api.example.com=" in caught.value.hint
