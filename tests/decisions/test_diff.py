import pytest

from keepwell.decisions.diff import MISSING, RENDER_SYNC, diff
from keepwell.model.plan import Action
from keepwell.model.secret import HIDDEN
from keepwell.model.verdict import Status
from tests.decisions.changes import observed, resource

SSL = "cloudflare setting ssl"


def test_what_is_as_desired_does_not_change():
    found = observed(resource(SSL, value="strict", modified_on="yesterday"))
    difference = diff([resource(SSL, value="strict")], [found])
    assert not difference.changes
    assert not difference.findings


def test_only_the_fields_that_differ_are_changed_and_the_vendors_id_is_kept():
    wanted = resource("render service api", plan="standard", region="virginia")
    found = resource("render service api", id_="srv-1", plan="starter", region="virginia")
    (change,) = diff([wanted], [observed(found, vendor="render")]).changes
    assert change.action is Action.UPDATE
    assert (change.before, change.after) == ({"plan": "starter"}, {"plan": "standard"})
    assert change.id == "srv-1"
    assert change.resource == wanted


def test_a_field_that_is_not_there_reads_as_none():
    (change,) = diff([resource(SSL, value="strict")], [observed(resource(SSL))]).changes
    assert change.before == {"value": MISSING}


def test_what_is_missing_is_created():
    (change,) = diff([resource(SSL, value="strict")], [observed()]).changes
    assert (change.action, change.before, change.after) == (
        Action.CREATE,
        {},
        {"value": "strict"},
    )
    assert change.by == "keepwell"


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("render service api", "standard"),
        ("render key-value queue", "starter"),
        ("render env-var api/REDIS_URL", "from keyvalue queue connectionString"),
    ],
)
def test_what_a_blueprint_makes_is_left_to_renders_sync(address: str, value: str):
    (change,) = diff([resource(address, value=value)], [observed(vendor="render")]).changes
    assert change.by == RENDER_SYNC


def test_a_variable_with_a_value_of_its_own_is_set_by_keepwell():
    wanted = resource("render env-var api/DATABASE_URL", value="secret://DATABASE_URL")
    (change,) = diff([wanted], [observed(vendor="render")]).changes
    assert change.by == "keepwell"


def test_a_hidden_value_differs():
    address = "render env-var api/TOKEN"
    found = observed(resource(address, value=HIDDEN), vendor="render")
    (change,) = diff([resource(address, value="secret://TOKEN")], [found]).changes
    assert change.before == {"value": HIDDEN}


@pytest.mark.parametrize(("is_ours", "deletes"), [(True, 1), (False, 0)])
def test_only_what_keepwell_made_is_deleted(*, is_ours: bool, deletes: int):
    found = observed(resource("dns record TXT old", is_ours=is_ours, values=["x"]), vendor="dns")
    changes = diff([], [found]).changes
    assert [change.action for change in changes] == [Action.DELETE] * deletes


def test_a_vendor_that_was_not_asked_does_not_change():
    assert not diff([resource(SSL, value="strict")], [observed(vendor="render")]).changes


def test_what_cannot_be_changed_is_reported_and_left_alone():
    found = observed(resource(SSL, value="full"), fixed={SSL: "not available on the plan free"})
    difference = diff([resource(SSL, value="strict")], [found])
    assert not difference.changes
    (finding,) = difference.findings
    assert finding.status is Status.WARN
    assert "value is 'full', not 'strict'" in finding.message
    assert "not available on the plan free" in finding.message


def test_what_cannot_be_changed_and_is_as_desired_is_not_worth_a_word():
    found = observed(resource(SSL, value="strict"), fixed={SSL: "not available"})
    assert not diff([resource(SSL, value="strict")], [found]).findings


def test_what_cannot_be_changed_is_not_deleted():
    found = observed(resource(SSL, value="strict"), fixed={SSL: "not available"})
    assert not diff([], [found]).changes


RULE = "cloudflare rule http_request_firewall_custom/"


def rules(*names: str, first: int = 0):
    return [resource(f"{RULE}{name}", position=first + i) for i, name in enumerate(names)]


def test_a_rule_that_goes_moves_no_other():
    changes = diff(rules("b", "c"), [observed(*rules("a", "b", "c"))]).changes
    assert [(change.action, change.resource.key[-1]) for change in changes] == [
        (Action.DELETE, "a")
    ]


def test_a_rule_that_comes_moves_no_other():
    changes = diff(rules("new", "b", "c"), [observed(*rules("b", "c"))]).changes
    assert [change.action for change in changes] == [Action.CREATE]


def test_rules_that_swapped_places_are_put_back():
    changes = diff(rules("a", "b", "c"), [observed(*rules("b", "a", "c"))]).changes
    assert [change.resource.key[-1] for change in changes] == ["a", "b"]


def test_an_order_is_one_of_its_phase():
    other = resource("cloudflare rule http_ratelimit/x", position=0)
    found = observed(*rules("a", "b"), other)
    assert not diff([*rules("a", "b"), other], [found]).changes
