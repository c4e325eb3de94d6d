from typing import Any

import pytest

from keepwell.clients.cloudflare.comparing import as_wanted, with_secrets
from keepwell.model.secret import HIDDEN
from tests.clients.cloudflare.zone_double import SECRET, WITH_ESCAPED, WITH_SECRET

OLDER = WITH_ESCAPED.replace("obe", "xx")
TABLE: list[tuple[str, Any, Any, Any]] = [
    ("equal text", {"description": "a"}, {"description": "a"}, {"description": "a"}),
    ("other text is told", {"description": "a"}, {"description": "b"}, {"description": "b"}),
    ("keys that nobody wants are left out", {"a": 1}, {"a": 1, "b": 2}, {"a": 1}),
    ("so they are within", {"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, {"a": {"b": 2}}),
    ("a wanted key that is not there", {"a": 1, "b": 2}, {"a": 1}, {"a": 1}),
    ("a wanted false or zero that is left out", {"a": {"b": False, "c": 0, "d": 1}}, {"a": {}}, {"a": {"b": False, "c": 0}}),
    ("words in another order", {"p": ["b", "a"]}, {"p": ["a", "b"]}, {"p": ["b", "a"]}),
    ("other words", {"p": ["b", "a"]}, {"p": ["a", "c"]}, {"p": ["a", "c"]}),
    ("numbers keep their order", {"p": [2, 1]}, {"p": [1, 2]}, {"p": [1, 2]}),
    ("another type", {"a": {"b": 1}}, {"a": None}, {"a": None}),
    ("the secret, escaped", {"expression": WITH_SECRET}, {"expression": WITH_ESCAPED}, {"expression": WITH_SECRET}),
    ("another secret", {"expression": WITH_SECRET}, {"expression": OLDER}, {"expression": HIDDEN}),
    ("a secret not escaped", {"expression": WITH_SECRET}, {"expression": WITH_SECRET.replace("secret://PROBE_TOKEN", SECRET)}, {"expression": HIDDEN}),
    ("a secret that is not wanted any more", {"expression": "true"}, {"expression": WITH_ESCAPED}, {"expression": HIDDEN}),
    ("an expression that can hold none", {"expression": "true"}, {"expression": "false"}, {"expression": "false"}),
    ("a secret header's value", {"headers": {"x": {"value": "secret://PROBE_TOKEN"}}}, {"headers": {"x": {"value": SECRET}}}, {"headers": {"x": {"value": "secret://PROBE_TOKEN"}}}),
    ("another header's value", {"value": "secret://PROBE_TOKEN"}, {"value": "old"}, {"value": HIDDEN}),
    ("a secret where something else stands", {"value": "secret://PROBE_TOKEN"}, {"value": ["old"]}, {"value": HIDDEN}),
    ("a secret that is not at hand agrees", {"value": "secret://ELSEWHERE"}, {"value": "any"}, {"value": "secret://ELSEWHERE"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "actual", "said"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_what_an_observation_says(wanted: Any, actual: Any, said: Any) -> None:
    assert as_wanted(wanted, actual, lookup={"PROBE_TOKEN": SECRET}.get) == said


def test_a_secret_is_escaped_only_where_it_is_quoted() -> None:
    fields = {
        "expression": WITH_SECRET,
        "ratelimit": {"counting_expression": WITH_SECRET, "period": 10},
        "action_parameters": {"headers": {"x": {"value": "secret://PROBE_TOKEN"}}},
    }
    assert with_secrets(fields, lookup={"PROBE_TOKEN": SECRET}.get) == {
        "expression": WITH_ESCAPED,
        "ratelimit": {"counting_expression": WITH_ESCAPED, "period": 10},
        "action_parameters": {"headers": {"x": {"value": SECRET}}},
    }


def test_what_is_sent_reads_back_as_wanted() -> None:
    lookup = {"PROBE_TOKEN": SECRET}.get
    fields = {"expression": WITH_SECRET, "enabled": True}
    assert as_wanted(fields, with_secrets(fields, lookup=lookup), lookup=lookup) == fields
