import httpx
import pytest

from keepwell.errors import ApiError
from keepwell.model.verdict import Status
from tests.clients.cloudflare.planning import batches, changes
from tests.clients.cloudflare.zone_double import (
    CUSTOM,
    ESCAPED,
    LIMITS,
    SECRET,
    WITH_SECRET,
    ZoneDouble,
    answer,
    bots,
    refusal,
    rule,
    wanted,
)

DESIRED = [
    wanted(CUSTOM, "keepwell-a", expression=WITH_SECRET),
    wanted(CUSTOM, "keepwell-b", 1),
    wanted(LIMITS, "keepwell-l"),
]
DRY = f"PUT /zones/Z/rulesets/phases/{CUSTOM}/entrypoint?dry_run=true"
QUOTA = "exceeded maximum number of rules"


def test_every_phase_is_asked_and_nothing_changes() -> None:
    zone = ZoneDouble(bots={"fight_mode": True})
    client = zone.client()
    findings = client.check(changes(client, [*DESIRED, bots(fight_mode=False)]))
    assert [(each.status, each.message) for each in findings] == [
        (Status.PASS, f"{CUSTOM}: Cloudflare would take the rules"),
        (Status.PASS, f"{LIMITS}: Cloudflare would take the rules"),
    ]
    assert zone.rules == {}
    assert sorted(call for call, _ in zone.sent("PUT")) == sorted(
        [DRY, DRY.replace(CUSTOM, LIMITS)]
    )


def test_the_changes_of_one_phase_are_asked_as_one() -> None:
    zone = ZoneDouble()
    zone.save(CUSTOM, [rule("keepwell-old")])
    client = zone.client()
    client.check(changes(client, DESIRED))
    ((_, body),) = [sent for sent in zone.sent("PUT") if CUSTOM in sent[0]]
    assert [each["ref"] for each in body["rules"]] == ["keepwell-a", "keepwell-b"]


@pytest.mark.parametrize(
    ("said", "status", "message"),
    [
        (refusal("unknown field", pointer="/rules/1/expression"), Status.FAIL, "rule keepwell-b, expression: unknown field (code 20127)"),
        (refusal("no such phase", pointer="/rules/1/action_parameters/phases/0"), Status.FAIL, "rule keepwell-b, action_parameters.phases.0: no such phase (code 20127)"),
        (refusal(f"near {ESCAPED}"), Status.FAIL, "Cloudflare would refuse the rules: near (hidden) (code 20127)"),
        (refusal(QUOTA, pointer="/rules"), Status.FAIL, f"/rules: {QUOTA}"),
        (refusal("rule 9", pointer="/rules/9"), Status.FAIL, "/rules/9: rule 9"),
        (httpx.Response(400, json={"success": False}), Status.FAIL, "it gave no reason"),
        (httpx.Response(400, json={"success": False, "errors": [{}]}), Status.FAIL, "no message"),
        (refusal("no", code=10000, status=403), Status.PASS, "not asked: the token may only read"),
        (answer(result={"version": "2"}), Status.FAIL, "Cloudflare saved the rules, though only asked"),
    ],
)  # fmt: skip
def test_what_cloudflare_says_is_told_of_the_rule(
    said: httpx.Response, status: Status, message: str
) -> None:
    zone = ZoneDouble()
    client = zone.client()
    pending = changes(client, DESIRED)
    zone.script(DRY, said)
    finding, _ = client.check(pending)
    assert finding.status is status
    assert message in finding.message
    assert SECRET not in finding.message


def test_rules_with_a_secret_that_is_not_at_hand_are_not_asked_about() -> None:
    zone = ZoneDouble()
    client = zone.client(secrets={})
    finding, other = client.check(changes(client, DESIRED))
    assert (finding.status, other.status) == (Status.WARN, Status.PASS)
    assert "PROBE_TOKEN" in finding.message
    assert [call for call, _ in zone.sent("PUT")] == [DRY.replace(CUSTOM, LIMITS)]


def test_a_token_that_may_not_edit_is_told_which_permission_it_lacks() -> None:
    zone = ZoneDouble()
    client = zone.client()
    (batch,) = batches(client, DESIRED[:2])
    denied = refusal("no", code=10000, status=403)
    zone.script(DRY.removesuffix("?dry_run=true"), denied)
    with pytest.raises(ApiError, match="403") as caught:
        client.apply(batch)
    assert "Zone WAF: Edit" in caught.value.hint
