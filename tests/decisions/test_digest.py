import pytest

from keepwell.decisions.digest import LENGTH, digest
from keepwell.model.plan import Action
from tests.decisions.changes import change

BASE = [
    change("cloudflare setting ssl", value="strict"),
    change("dns record CNAME api", Action.CREATE, values=["x."], proxied=True),
]


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
