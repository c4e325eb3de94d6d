import json

import pytest

from keepwell.clients.cloudflare import PHASES
from keepwell.errors import ApiError
from keepwell.model.secret import HIDDEN
from keepwell.model.verdict import Status
from tests.clients.cloudflare.planning import apply_all, changes_in
from tests.clients.cloudflare.zone_double import (
    CUSTOM,
    ESCAPED,
    LIMITS,
    NAME,
    SECRET,
    WITH_ESCAPED,
    WITH_SECRET,
    ZoneDouble,
    answer,
    rule,
    setting,
    wanted,
)
from tests.decisions.test_desired_cloudflare import committed

OURS = wanted(CUSTOM, "keepwell-a", expression=WITH_SECRET)


def test_the_phases_are_those_of_the_documents() -> None:
    declared = [json.loads(each.text) for each in committed() if each.path.endswith(".json")]
    assert {each["phase"] for each in declared if "phase" in each} == set(PHASES)


def test_an_empty_zone_has_nothing_in_one_call_for_each_phase() -> None:
    zone = ZoneDouble()
    seen = zone.client().observe([])
    assert (seen.vendor, seen.resources, seen.findings, seen.fixed) == ("cloudflare", (), (), {})
    assert (seen.calls, seen.taken_at) == (4, zone.clock.now())
    first, *rest = [call for call, _ in zone.journal]
    assert first == f"GET /zones?name={NAME}"
    paths = [f"GET /zones/Z/rulesets/phases/{phase}/entrypoint" for phase in PHASES]
    assert sorted(rest) == sorted(paths)


def test_a_second_observation_counts_its_own_calls() -> None:
    client = ZoneDouble().client()
    first, second = client.observe([]), client.observe([])
    assert client.calls == first.calls + second.calls


def test_rules_are_told_as_they_are_desired_and_computed_fields_are_not() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("foreign"), rule("keepwell-b"), rule("keepwell-a", WITH_ESCAPED)])
    seen = zone.client().observe([OURS])
    surplus, kept = seen.resources
    assert (surplus.key, surplus.fields, surplus.is_ours) == (f"{CUSTOM}/keepwell-b", {}, True)
    assert kept.fields == {**OURS.fields, "position": 1}
    assert kept.id == "id3"
    (deletion,) = changes_in([OURS], seen)
    assert deletion.address == surplus.address
    assert seen.uncompared == []
    assert not [text for text in (SECRET, ESCAPED) if text in f"{seen.resources}"]


def test_a_rule_that_was_edited_by_hand_differs_and_shows_no_secret() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("keepwell-a", WITH_ESCAPED + " or true", enabled=False)])
    (change,) = changes_in([OURS], zone.client().observe([OURS]))
    assert change.before == {"expression": HIDDEN, "enabled": False}
    assert change.after == {"expression": WITH_SECRET, "enabled": True}


@pytest.mark.parametrize(
    ("added", "action"),
    [
        ({"action_parameters": {"response": {"status_code": 200}}}, "block with action_parameters"),
        ({"logging": {"enabled": False}, "ratelimit": {"period": 10}}, "block with ratelimit, logging"),
    ],
)  # fmt: skip
def test_what_somebody_added_to_a_rule_differs_and_goes(
    added: dict[str, object], action: str
) -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("keepwell-a", WITH_ESCAPED, **added)])
    (change,) = changes_in([OURS], zone.client().observe([OURS]))
    assert (change.before, change.after) == ({"action": action}, {"action": "block"})
    assert apply_all(zone.client(), [OURS]) == []


def test_a_secret_that_is_not_at_hand_is_named_as_not_compared() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("keepwell-a", WITH_ESCAPED)])
    seen = zone.client(secrets={}).observe([OURS])
    assert seen.uncompared == ["PROBE_TOKEN"]
    assert changes_in([OURS], seen) == []


def test_what_cloudflare_fills_in_is_no_difference() -> None:
    limit = {"characteristics": ["cf.colo.id", "ip.src"], "period": 10}
    desired = wanted(LIMITS, "keepwell-a", ratelimit=limit)
    filled = {**limit, "characteristics": ["ip.src", "cf.colo.id"], "requests_to_origin": False}
    zone = ZoneDouble()
    zone.save(LIMITS, [rule("keepwell-a", ratelimit=filled, logging={"enabled": True})])
    assert changes_in([desired], zone.client().observe([desired])) == []


@pytest.mark.parametrize(
    ("standing", "status", "message"),
    [
        (["x", "y"], Status.PASS, "2 rules that keepwell did not make stay in place"),
        (["keepwell-a", "x"], Status.PASS, "1 rule that keepwell did not make stays in place"),
        (["x", "keepwell-a"], Status.WARN, "1 rule that keepwell did not make stays in place, 1 of them before ours"),
    ],
)  # fmt: skip
def test_foreign_rules_are_counted_and_never_told(
    standing: list[str], status: Status, message: str
) -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule(ref) for ref in standing])
    seen = zone.client().observe([OURS])
    (finding,) = seen.findings
    assert (finding.rule, finding.status) == ("foreign-rules", status)
    assert finding.message == f"{CUSTOM}: {message}"
    assert all("keepwell-" in each.key for each in seen.resources)


@pytest.mark.parametrize(
    ("phase", "plan", "foreign", "most"),
    [
        (CUSTOM, "free", 4, 0),
        (CUSTOM, "free", 5, 5),
        (CUSTOM, "pro", 5, 0),
        (CUSTOM, "pro_plus", 40, 40),
        (LIMITS, "free", 1, 1),
        (LIMITS, "pro", 1, 0),
        (LIMITS, "a new plan", 1000, 0),
    ],
)
def test_more_rules_than_the_plan_takes_are_found_before_cloudflare_says_no(
    phase: str, plan: str, foreign: int, most: int
) -> None:
    zone = ZoneDouble(plan=plan)
    zone.save(phase, [rule(f"f{n}") for n in range(foreign)])
    seen = zone.client().observe([wanted(phase, "keepwell-a")])
    found = [each for each in seen.findings if each.rule == "rules-of-plan"]
    message = (
        f"{phase}: 1 of ours and {foreign} that keepwell did not make are more than the "
        f"{most} rules that the plan {plan} takes"
    )
    said = [(each.status, each.message, bool(each.hint)) for each in found]
    assert said == [(Status.FAIL, message, True)] * bool(most)


@pytest.mark.parametrize(
    ("zone", "message"),
    [
        (ZoneDouble(status="pending"), f"the zone {NAME} is pending: Cloudflare does not serve it yet"),
        (ZoneDouble(paused=True), f"the zone {NAME} is paused: only its DNS is served, no rule is in effect"),
    ],
)  # fmt: skip
def test_a_zone_that_has_no_effect_says_so(zone: ZoneDouble, message: str) -> None:
    (finding,) = zone.client().observe([]).findings
    assert (finding.status, finding.message) == (Status.WARN, message)


def test_a_zone_that_the_token_does_not_show_names_the_permission() -> None:
    zone = ZoneDouble()
    zone.script(f"GET /zones?name={NAME}", answer(result=[]))
    with pytest.raises(ApiError, match="no zone") as caught:
        zone.client().observe([setting("ssl", "strict")])
    assert "Zone: Read" in caught.value.hint
    assert len(zone.journal) == 1
