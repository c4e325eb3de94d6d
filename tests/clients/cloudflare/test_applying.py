import pytest

from keepwell.errors import ApiError, Refused, UsageError
from tests.clients.cloudflare.planning import apply_all, batches, one_by_one
from tests.clients.cloudflare.zone_double import (
    CUSTOM,
    ESCAPED,
    SECRET,
    WITH_ESCAPED,
    WITH_SECRET,
    ZoneDouble,
    answer,
    refusal,
    rule,
    wanted,
)

FIRST = wanted(CUSTOM, "keepwell-a", expression=WITH_SECRET)
SECOND = wanted(CUSTOM, "keepwell-b", 1)
ENTRYPOINT = f"/zones/Z/rulesets/phases/{CUSTOM}/entrypoint"


def refs(zone: ZoneDouble, phase: str = CUSTOM) -> list[str]:
    return [each["ref"] for each in zone.rules[phase]]


def test_an_empty_phase_is_made_by_one_put_of_the_whole_list() -> None:
    zone = ZoneDouble()
    assert apply_all(zone.client(), [FIRST, SECOND]) == []
    (sent,) = zone.sent("PUT")
    sent_rules = [
        {"ref": "keepwell-a", "expression": WITH_ESCAPED},
        {"ref": "keepwell-b", "expression": "true"},
    ]
    defaults = {"description": "", "action": "block", "enabled": True}
    assert sent == (f"PUT {ENTRYPOINT}", {"rules": [defaults | each for each in sent_rules]})


def test_foreign_rules_keep_place_id_and_ref_and_ours_keep_their_ids() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("x", "ip.src eq 1.1.1.1"), rule("keepwell-b", "false"), rule("y")])
    before = {each["ref"]: each["id"] for each in zone.rules[CUSTOM]}
    assert apply_all(zone.client(), [FIRST, SECOND]) == []
    assert refs(zone) == ["x", "keepwell-a", "keepwell-b", "y"]
    after = {each["ref"]: each["id"] for each in zone.rules[CUSTOM]}
    assert {ref: after[ref] for ref in before} == before
    ((_, body),) = zone.sent("PUT")
    assert not {"version", "last_updated"} & {name for each in body["rules"] for name in each}


def test_a_rule_that_is_not_desired_any_more_goes_alone() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("keepwell-old"), rule("x"), rule("keepwell-b")])
    assert apply_all(zone.client(), [wanted(CUSTOM, "keepwell-b")]) == []
    assert refs(zone) == ["keepwell-b", "x"]


def test_rules_of_ours_in_another_order_are_put_in_order() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("keepwell-b"), rule("keepwell-a", WITH_ESCAPED)])
    assert apply_all(zone.client(), [FIRST, SECOND]) == []
    assert refs(zone) == ["keepwell-a", "keepwell-b"]


def test_changes_of_one_phase_in_two_batches_are_both_made() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("keepwell-old"), rule("keepwell-b", "false")])
    client = zone.client()
    pending = one_by_one(batches(client, [wanted(CUSTOM, "keepwell-b")]))
    assert len(pending) == 2
    for batch in pending:
        client.apply(batch)
    assert refs(zone) == ["keepwell-b"]


@pytest.mark.parametrize("stood", [[], [rule("keepwell-b")]], ids=["empty before", "some before"])
def test_a_phase_that_somebody_changed_since_the_plan_is_left_alone(
    stood: list[dict[str, str]],
) -> None:
    zone = ZoneDouble()
    if stood:
        zone.save(CUSTOM, stood)
    client = zone.client()
    (batch,) = batches(client, [FIRST, SECOND])
    zone.save(CUSTOM, [*stood, rule("theirs")])
    with pytest.raises(Refused, match=f"somebody changed the rules of {CUSTOM} since the plan"):
        client.apply(batch)
    assert zone.sent("PUT") == []
    assert apply_all(zone.client(), [FIRST, SECOND]) == []
    assert "theirs" in refs(zone)


def test_a_phase_that_somebody_removed_since_the_plan_is_left_alone() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("keepwell-b", "false")])
    client = zone.client()
    (batch,) = batches(client, [SECOND])
    zone.versions.clear()
    with pytest.raises(Refused, match="version none, not 1; nothing was sent"):
        client.apply(batch)
    assert zone.sent("PUT") == []


def test_a_phase_that_was_made_anew_since_the_plan_is_left_alone() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("keepwell-b", "false")])
    client = zone.client()
    (batch,) = batches(client, [SECOND])
    other = {"id": "r2", "version": "1", "rules": [rule("theirs")]}
    zone.script(f"GET {ENTRYPOINT}", answer(result=other))
    with pytest.raises(Refused, match="somebody changed"):
        client.apply(batch)
    assert zone.sent("PUT") == []


def test_a_write_between_the_last_look_and_ours_is_found() -> None:
    zone = ZoneDouble()
    client = zone.client()
    (batch,) = batches(client, [SECOND])

    def race(request):
        zone.save(CUSTOM, [rule("theirs")])
        return zone.answer(request)

    zone.script(f"PUT {ENTRYPOINT}", race)
    with pytest.raises(Refused, match="version 1 was replaced by ours, 2") as caught:
        client.apply(batch)
    assert "version 1" in caught.value.hint


def test_a_put_whose_answer_was_lost_is_sent_again_and_is_no_race() -> None:
    zone = ZoneDouble()

    def lost(request):
        zone.answer(request)
        return answer(502)

    zone.script(f"PUT {ENTRYPOINT}", lost)
    assert apply_all(zone.client(), [SECOND]) == []
    assert len(zone.versions[CUSTOM]) == 2


@pytest.mark.parametrize("secrets", [{}, {"PROBE_TOKEN": ""}], ids=["missing", "empty"])
def test_a_secret_that_is_not_at_hand_stops_before_anything_is_sent(
    secrets: dict[str, str],
) -> None:
    zone = ZoneDouble()
    client = zone.client(secrets=secrets)
    (batch,) = batches(client, [FIRST, SECOND])
    asked = client.calls
    with pytest.raises(UsageError, match="PROBE_TOKEN is not set"):
        client.apply(batch)
    assert client.calls == asked


@pytest.mark.parametrize("status", [200, 400])
def test_a_refusal_names_the_rule_and_never_the_secret(status: int) -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("x")])
    client = zone.client()
    (batch,) = batches(client, [FIRST])
    echo = f'at "{ESCAPED}" or {SECRET}'
    link = "https://developers.cloudflare.com/x"
    zone.script(
        f"PUT {ENTRYPOINT}",
        refusal(echo, pointer="/rules/0/expression", status=status, documentation_url=link),
    )
    with pytest.raises(ApiError) as caught:
        client.apply(batch)
    assert caught.value.message == (
        f"cloudflare refused the rules of {CUSTOM}: rule keepwell-a, expression: "
        'at "(hidden)" or (hidden) (code 20127)'
    )
    assert caught.value.see == link
    told = f"{caught.value!r} {caught.value.__dict__} {caught.value.__context__}"
    assert SECRET not in told
    assert ESCAPED not in told


def test_what_an_older_secret_reads_is_not_told_either() -> None:
    zone = ZoneDouble()
    older = 'http.request.headers["x-probe"][0] eq "an older token"'
    zone.save(CUSTOM, [rule("keepwell-old", older)])
    client = zone.client()
    (creation, *_) = batches(client, [SECOND])
    zone.script(f"PUT {ENTRYPOINT}", refusal(f"no: {older}", pointer="/rules/1/expression"))
    with pytest.raises(ApiError) as caught:
        client.apply(creation)
    assert "an older token" not in caught.value.message


def test_the_way_back_is_to_read_an_older_version() -> None:
    zone = ZoneDouble()
    client = zone.client()
    assert client.versions(CUSTOM) == ()
    zone.save(CUSTOM, [rule("keepwell-a")])
    zone.save(CUSTOM, [])
    assert [each["version"] for each in client.versions(CUSTOM)] == ["1", "2"]
    assert [each["ref"] for each in client.rules_at(CUSTOM, "1")] == ["keepwell-a"]


def test_lists_are_those_of_the_zones_account() -> None:
    zone = ZoneDouble()
    path = "GET /accounts/01a7362d577a6c3019a474fd6f485823/rules/lists"
    zone.script(path, answer(result=[{"id": "l", "kind": "ip", "name": "partners"}]))
    assert [each["name"] for each in zone.client().lists()] == ["partners"]


def test_a_fault_that_quotes_the_secret_does_not_pass_it_on() -> None:
    zone = ZoneDouble()
    client = zone.client()
    (batch,) = batches(client, [FIRST])
    zone.script(f"PUT {ENTRYPOINT}", *[refusal(f"lost {ESCAPED}", status=500)] * 9)
    with pytest.raises(ApiError, match=r"lost \(hidden\)") as caught:
        client.apply(batch)
    assert ESCAPED not in f"{caught.value!r} {caught.value.__dict__}"


def test_a_new_phase_that_begins_with_an_empty_version_is_no_race() -> None:
    zone = ZoneDouble()
    client = zone.client()
    (batch,) = batches(client, [SECOND])

    def late(request):
        zone.save(CUSTOM, [])
        return zone.answer(request)

    zone.script(f"PUT {ENTRYPOINT}", late)
    client.apply(batch)
    assert refs(zone) == ["keepwell-b"]


def test_an_answer_without_a_result_is_as_good() -> None:
    zone = ZoneDouble()
    client = zone.client()
    (batch,) = batches(client, [SECOND])
    zone.script(f"PUT {ENTRYPOINT}", answer(result=None))
    client.apply(batch)
    client.close()
    assert len(zone.sent("PUT")) == 1
