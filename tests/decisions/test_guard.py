import pytest

from keepwell.decisions.guard import EVERYTHING, Allowance, guard
from keepwell.model.plan import Action
from tests.decisions.changes import change

NONE = Allowance()


def rules_of(changes, *, held: int = 100, allowed: Allowance = NONE) -> list[str]:
    existing = {each.resource.vendor: held for each in changes}
    return [found.rule for found in guard(changes, existing=existing, allowed=allowed)]


def deletion(address: str):
    return change(address, Action.DELETE)


@pytest.mark.parametrize(
    ("address", "deletions", "expected"),
    [
        ("dns record CNAME old", (), ["deletes"]),
        ("dns record CNAME old", ("dns record CNAME old",), []),
        ("dns record CNAME old", ("dns record CNAME other",), ["deletes"]),
        ("dns record CNAME old", (EVERYTHING,), []),
        ("dns record MX @", (EVERYTHING,), ["deletes"]),
        ("dns record TXT @", (EVERYTHING,), ["deletes"]),
        ("dns record NS sub", (EVERYTHING,), ["deletes"]),
        ("dns record CAA @", (EVERYTHING,), ["deletes"]),
        ("dns record MX @", ("dns record MX @",), []),
        ("cron-job-org job MX @", (EVERYTHING,), []),
    ],
)
def test_a_deletion_needs_its_yes(address: str, deletions: tuple[str, ...], expected: list[str]):
    assert rules_of([deletion(address)], allowed=Allowance(deletions=deletions)) == expected


@pytest.mark.parametrize(
    ("count", "held", "expected"),
    [
        (2, 2, []),
        (3, 3, ["large"]),
        (3, 10, []),
        (4, 10, ["large"]),
        (31, 100, ["large"]),
        (30, 100, []),
    ],
)
def test_a_large_share_needs_a_yes(count: int, held: int, expected: list[str]):
    changes = [change(f"cloudflare setting s{i}", value=i) for i in range(count)]
    assert rules_of(changes, held=held) == expected
    assert rules_of(changes, held=held, allowed=Allowance(large=True)) == []


def test_creating_much_needs_no_yes():
    created = [change(f"cloudflare setting s{i}", Action.CREATE, value=i) for i in range(20)]
    assert rules_of(created, held=0) == []


def test_a_small_zone_is_guarded_too():
    changes = [change(f"dns record A host{i}", values=[str(i)]) for i in range(3)]
    assert rules_of(changes, held=4) == ["large"]


def test_a_vendor_is_counted_for_itself():
    changes = [change(f"dns record A host{i}", values=[str(i)]) for i in range(3)]
    found = guard(changes, existing={"dns": 100, "render": 1}, allowed=NONE)
    assert found == ()


def test_a_refusal_names_the_way_on():
    (found,) = guard([deletion("dns record MX @")], existing={}, allowed=NONE)
    assert found.hint == "allow it by name: --allow-delete 'dns record MX @'"


FOREIGN = {"comment": "", "values": ["old."]}


@pytest.mark.parametrize(
    ("address", "before", "after", "expected"),
    [
        ("dns record MX @", {"values": ["10 a.", "20 b."]}, {"values": ["10 a."]}, ["deletes"]),
        ("dns record TXT @", {"values": ["v=spf1 a"]}, {"values": ["v=spf1 b"]}, ["deletes"]),
        ("dns record CAA @", {"values": ["a"]}, {"values": ["a", "b"]}, []),
        ("dns record TXT @", {"ttl": 60}, {"ttl": 300}, []),
        ("dns record CNAME api", {"values": ["old."]}, {"values": ["new."]}, []),
        ("dns record CNAME api", FOREIGN, {"comment": "keepwell", "values": ["new."]}, ["deletes"]),
        ("dns record CNAME api", {"comment": ""}, {"comment": "keepwell"}, []),
    ],
)
def test_losing_a_value_of_a_precious_or_foreign_record_is_a_deletion(
    address: str, before, after, expected: list[str]
):
    update = change(address, before=before, **after)
    assert rules_of([update]) == expected
    assert rules_of([update], allowed=Allowance(deletions=(address,))) == []


def test_a_lost_value_is_named():
    update = change("dns record MX @", before={"values": ["10 a.", "20 b."]}, values=["10 a."])
    (found,) = guard([update], existing={}, allowed=Allowance(deletions=(EVERYTHING,)))
    assert found.message == "dns record MX @ would lose 20 b."
