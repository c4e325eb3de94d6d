import pytest

from keepwell.decisions.order import STAGES, order
from keepwell.model.plan import Action
from tests.decisions.changes import change

ZONE = "shop.example"
WAITING = {"api.shop.example": "api"}


def ordered(*changes, unverified=None):
    return order(changes, zone=ZONE, unverified=unverified or {})


def titles(batches) -> list[str]:
    return [batch.title for batch in batches]


def test_stages_come_in_their_order_whatever_the_order_of_the_changes():
    changes = [
        change(f"{vendor} {kind} x", value=1) for vendor, kind in STAGES if kind != "proxied"
    ]
    assert [(batch.vendor, batch.kind) for batch in ordered(*changes[::-1])] == [
        stage for stage in STAGES if stage[1] != "proxied"
    ]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("render env-var api/A", "render service api"),
        ("render custom-domain api/h", "render subdomain-policy api"),
        ("render custom-domain api/h", "dns record CNAME api"),
        ("cloudflare rule p/r", "dns record CNAME api"),
        ("supabase project p", "vault vault-secret S"),
        ("dns record CNAME api", "supabase network-restrictions database"),
    ],
)
def test_what_a_step_needs_stands_before_it(earlier: str, later: str):
    batches = ordered(change(later, value=1), change(earlier, value=1))
    assert [batch.changes[0].address for batch in batches] == [earlier, later]


def test_a_kind_that_has_no_place_is_a_bug():
    with pytest.raises(ValueError, match="unheard"):
        ordered(change("render unheard x", value=1))


def test_records_and_the_rules_of_a_phase_go_together():
    batches = ordered(
        change("dns record A a", values=["1"]),
        change("cloudflare rule one/a", enabled=True),
        change("dns record A b", values=["2"]),
        change("cloudflare rule two/a", enabled=True),
        change("cloudflare rule one/b", enabled=True),
    )
    assert titles(batches) == [
        "change 2 of cloudflare rule",
        "update cloudflare rule two/a",
        "change 2 of dns record",
    ]


def test_settings_go_one_by_one():
    batches = ordered(
        change("cloudflare setting ssl", value=1), change("cloudflare setting tls", value=1)
    )
    assert len(batches) == 2


def record(action: Action = Action.CREATE, name: str = "api", **fields):
    before = None if action is Action.CREATE else dict.fromkeys(fields, "old")
    return change(f"dns record CNAME {name}", action, before=before, **fields)


def test_a_verified_host_is_proxied_at_once():
    (batch,) = ordered(record(values=["x."], proxied=True))
    assert batch.changes[0].after == {"values": ["x."], "proxied": True}
    assert batch.waits_for == ()


def test_an_unverified_host_is_made_unproxied_and_proxied_once_verified():
    first, second = ordered(record(values=["x."], proxied=True), unverified=WAITING)
    assert first.changes[0].action is Action.CREATE
    assert first.changes[0].after == {"values": ["x."], "proxied": False}
    assert first.changes[0].resource.fields["proxied"] is False
    assert first.waits_for == ()
    assert second.changes[0].action is Action.UPDATE
    assert second.changes[0].after == {"proxied": True}
    assert second.changes[0].resource.fields == {"values": ["x."], "proxied": True}
    assert second.waits_for == ("api.shop.example",)


def test_an_update_of_an_unverified_host_is_split_the_same_way():
    first, second = ordered(record(Action.UPDATE, values=["x."], proxied=True), unverified=WAITING)
    assert first.changes[0].after == {"values": ["x."]}
    assert first.changes[0].before == {"values": "old"}
    assert second.changes[0].after == {"proxied": True}


def test_an_update_that_only_proxies_waits_whole():
    (batch,) = ordered(record(Action.UPDATE, proxied=True), unverified=WAITING)
    assert batch.waits_for == ("api.shop.example",)


@pytest.mark.parametrize(
    "change_",
    [
        record(name="www", values=["x."], proxied=True),
        record(values=["x."], proxied=False),
        record(Action.UPDATE, values=["x."]),
    ],
    ids=["another host", "unproxied", "proxied as before"],
)
def test_other_records_do_not_wait(change_):
    (batch,) = ordered(change_, unverified=WAITING)
    assert batch.waits_for == ()


def test_the_apex_is_a_host_too():
    batches = ordered(record(name="@", values=["x."], proxied=True), unverified={ZONE: "web"})
    assert batches[1].waits_for == (ZONE,)


def test_the_subdomain_closes_only_when_the_services_hosts_are_verified():
    waiting = WAITING | {"www.shop.example": "web"}
    (batch,) = ordered(change("render subdomain-policy api", policy="disabled"), unverified=waiting)
    assert batch.waits_for == ("api.shop.example",)
