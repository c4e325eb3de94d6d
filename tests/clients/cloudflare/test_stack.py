"""The committed documents of LiveStreamSell, brought to an empty zone on the Free plan."""

import json

from keepwell.decisions.desired_cloudflare import desired
from tests.clients.cloudflare.planning import apply_all, batches
from tests.clients.cloudflare.zone_double import CUSTOM, LIMITS, SECRET, ZoneDouble, rule
from tests.decisions.test_desired_cloudflare import committed

WANTED = desired(committed())
STANDING = {"security_header": {"strict_transport_security": {"enabled": False, "nosniff": False}}}


def zone_of_the_stack() -> ZoneDouble:
    names = [each.key for each in WANTED if each.kind == "setting"]
    rows = {name: {"value": STANDING.get(name, "x"), "editable": True} for name in names}
    mode = {"ssl_automatic_mode": rows.pop("ssl_automatic_mode")}
    bots = {"fight_mode": True, "enable_js": True, "ai_bots_protection": "disabled"}
    more = {"crawler_protection": "disabled", "is_robots_txt_managed": False}
    return ZoneDouble(settings=rows, single_settings=mode, bots=bots | more)


def test_a_second_plan_is_empty_and_machines_pass_first() -> None:
    zone = zone_of_the_stack()
    zone.save(CUSTOM, [rule("by-hand")])
    assert apply_all(zone.client(), WANTED) == []
    assert [each["ref"] for each in zone.rules[CUSTOM]] == [
        "keepwell-machine-paths",
        "keepwell-path-probes",
        "keepwell-library-agents",
        "by-hand",
    ]
    assert zone.single_settings["ssl_automatic_mode"]["value"] == "custom"
    patched = [call.rpartition("/")[2] for call, _ in zone.sent("PATCH")]
    assert patched[:2] == ["ssl_automatic_mode", "ssl"]


def test_an_apply_that_dies_anywhere_is_made_good_by_the_next() -> None:
    whole = zone_of_the_stack()
    apply_all(whole.client(), WANTED)
    calls = len(batches(zone_of_the_stack().client(), WANTED))
    for survived in range(calls):
        zone = zone_of_the_stack()
        dying = zone.client()
        for batch in batches(dying, WANTED)[:survived]:
            dying.apply(batch)
        assert apply_all(zone.client(), WANTED) == []
        assert (zone.settings, zone.bots) == (whole.settings, whole.bots)


def test_what_is_seen_and_planned_holds_no_secret() -> None:
    zone = zone_of_the_stack()
    client = zone.client()
    apply_all(client, WANTED)
    zone.rules[CUSTOM][0]["enabled"] = False
    seen = client.observe(WANTED)
    told = f"{seen} {batches(client, WANTED)} {vars(client)}"
    assert SECRET not in told
    assert json.dumps(SECRET)[1:-1] not in told


def test_a_plan_takes_no_more_calls_than_there_are_things_to_list() -> None:
    zone = zone_of_the_stack()
    assert zone.client().observe(WANTED).calls == 1 + 3 + 1 + 1 + 1
    assert LIMITS in f"{zone.journal}"
