import pytest

from keepwell.decisions.digest import LENGTH
from keepwell.decisions.digest import digest as digest_at
from keepwell.model.plan import Action
from keepwell.model.secret import HIDDEN
from tests.decisions.changes import change

HERE = ("shop", "production", "shop.example", "abcdefghijklmnopqrst")

BASE = [
    change("cloudflare setting ssl", value="strict"),
    change("dns record CNAME api", Action.CREATE, values=["x."], proxied=True),
]


def digest(changes):
    return digest_at(changes, where=HERE)


def test_it_is_hexadecimal_and_of_one_length():
    assert len(digest(BASE)) == LENGTH
    int(digest(BASE), 16)


def test_the_order_of_changes_does_not_count():
    assert digest(BASE[::-1]) == digest(BASE)


@pytest.mark.parametrize(
    "other",
    [
        change("cloudflare setting ssl", value="full"),
        change("cloudflare setting ssl", before={"value": "off"}, value="strict"),
        change("cloudflare setting ssl", Action.CREATE, value="strict"),
        change("cloudflare setting tls", value="strict"),
    ],
    ids=["new value", "old value", "action", "address"],
)
def test_any_other_change_gives_another_digest(other):
    assert digest([other, BASE[1]]) != digest(BASE)


def test_one_change_more_gives_another_digest():
    assert digest([*BASE, change("render service api", plan="pro")]) != digest(BASE)


def test_no_changes_have_a_digest_too():
    assert len(digest([])) == LENGTH


def test_the_same_changes_elsewhere_have_another_digest():
    assert digest_at(BASE, where=("shop", "staging", *HERE[2:])) != digest(BASE)


@pytest.mark.parametrize("kind", ["render env-var", "render env-group-var", "cloudflare rule"])
def test_what_is_only_told_against_what_is_wanted_does_not_count(kind: str):
    shown = change(f"{kind} a/b", before={"value": "old"}, value="new")
    hidden = change(f"{kind} a/b", before={"value": HIDDEN}, value="new")
    assert digest([shown]) == digest([hidden])


def test_what_a_deleted_thing_held_does_not_count():
    deletions = [
        change("cloudflare rule p/r", Action.DELETE, before=before) for before in ({}, {"a": 1})
    ]
    assert digest(deletions[:1]) == digest(deletions[1:])


def test_a_mapping_is_told_as_far_as_it_is_wanted_so_its_old_value_does_not_count():
    of = [
        change("cloudflare setting hsts", before={"value": before}, value={"max_age": 1})
        for before in ({"max_age": 0}, {"max_age": 0, "preload": True})
    ]
    assert digest(of[:1]) == digest(of[1:])
