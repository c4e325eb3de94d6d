import pytest

from keepwell.clients.cloudflare.phase import Phase, merged
from keepwell.model.plan import Action, Change
from tests.clients.cloudflare.zone_double import CUSTOM, rule, wanted

ORDER = {f"keepwell-{name}": position for position, name in enumerate("abcd")}

NO_SECRETS: dict[str, str] = {}


def change(step: str) -> Change:
    """ "+b" creates keepwell-b, "-b" deletes it, "~b" updates it."""
    action = {"+": Action.CREATE, "-": Action.DELETE, "~": Action.UPDATE}[step[0]]
    ref = f"keepwell-{step[1]}"
    resource = wanted(CUSTOM, ref, ORDER[ref], expression="false")
    return Change(action=action, resource=resource, before={}, after={})


@pytest.mark.parametrize(
    ("standing", "steps", "after"),
    [
        ("", "+a +b", "ab"),
        ("XY", "+a +b", "abXY"),
        ("XaYbZ", "~a", "XaYbZ"),
        ("XaYbZ", "+c", "XaYbcZ"),
        ("XbYcZ", "+a", "XaYbcZ"),
        ("XaYbZ", "-a", "XbYZ"),
        ("XaYbZ", "-a -b", "XYZ"),
        ("baX", "~a ~b", "abX"),
        ("aXb", "-a +c +d", "bXcd"),
        ("Xda", "~a", "Xad"),
        ("aX", "-a +b", "bX"),
    ],
)
def test_foreign_rules_keep_their_places_and_ours_their_order(
    standing: str, steps: str, after: str
) -> None:
    rules = [rule(each if each.isupper() else f"keepwell-{each}") for each in standing]
    body = merged(
        rules, [change(step) for step in steps.split()], order=ORDER, lookup=NO_SECRETS.get
    )
    assert "".join(each["ref"].removeprefix("keepwell-") for each in body) == after


def test_a_rule_keeps_its_id_and_loses_what_is_not_wanted_any_more() -> None:
    standing = rule(
        "keepwell-a", id="7", version="3", last_updated="x", action="skip",
        action_parameters={"ruleset": "current"}, logging={"enabled": False},
    )  # fmt: skip
    (body,) = merged([standing], [change("~a")], order=ORDER, lookup=NO_SECRETS.get)
    assert body == {
        "id": "7",
        "ref": "keepwell-a",
        "description": "",
        "expression": "false",
        "action": "block",
        "enabled": True,
    }


def test_what_does_not_change_is_sent_back_but_for_what_cloudflare_computes() -> None:
    foreign = rule(
        "9", id="9", logging={"enabled": True}, categories=["x"], version="3", last_updated="x"
    )
    assert merged([foreign], [], order={}, lookup=NO_SECRETS.get) == [
        {
            "id": "9",
            "ref": "9",
            "expression": "true",
            "action": "block",
            "description": "",
            "logging": {"enabled": True},
        }
    ]


def test_a_timeout_of_zero_is_sent() -> None:
    limit = {"period": 10, "mitigation_timeout": 0}
    resource = wanted(CUSTOM, "keepwell-a", ratelimit=limit)
    creation = Change(action=Action.CREATE, resource=resource, before={}, after={})
    (body,) = merged([], [creation], order=ORDER, lookup=NO_SECRETS.get)
    assert body["ratelimit"] == limit


def test_the_rules_of_a_phase_are_not_shown() -> None:
    assert "true" not in repr(Phase(name=CUSTOM, version="1", rules=[rule("keepwell-a")]))
