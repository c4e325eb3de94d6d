"""How many rules each plan of Cloudflare's takes: an early warning, before Cloudflare says no.

Sources: https://developers.cloudflare.com/waf/custom-rules/#availability,
https://developers.cloudflare.com/waf/rate-limiting-rules/#availability and
https://developers.cloudflare.com/rules/url-forwarding/#availability (read 2026-11).
"""

from collections.abc import Iterator, Mapping

from keepwell.clients.cloudflare.phase import Phase, is_ours
from keepwell.model.verdict import Finding, Status

MOST: Mapping[str, Mapping[str, int]] = {
    "http_request_firewall_custom": {
        "free": 5,
        "lite": 20,
        "pro": 20,
        "pro_plus": 40,
        "business": 100,
        "enterprise": 1000,
    },
    "http_ratelimit": {"free": 1, "pro": 2, "business": 5, "enterprise": 100},
    "http_request_dynamic_redirect": {"free": 10, "pro": 25, "business": 50, "enterprise": 300},
}
"""The most rules in a phase, by plan. A plan that is not listed is not judged."""


def survey(phase: Phase, *, wanted: int, plan: str) -> Iterator[Finding]:
    """What a reader must know of the phase: foreign rules in it, and too many for the plan.

    Args:
        phase: what stands there.
        wanted: how many rules keepwell wants there.
        plan: the zone's plan, as Cloudflare names it ("free").
    """
    foreign = len(phase.foreign)
    if foreign:
        yield _foreign(phase)
    most = MOST.get(phase.name, {}).get(plan)
    if most is not None and wanted + foreign > most:
        yield Finding(
            rule="rules-of-plan",
            status=Status.FAIL,
            message=f"{phase.name}: {wanted} of ours and {foreign} that keepwell did not make "
            f"are more than the {most} rules that the plan {plan} takes",
            path=phase.name,
            hint="delete a rule that nobody needs in Cloudflare's dashboard, declare fewer, "
            "or take a larger plan",
            see="https://developers.cloudflare.com/waf/#availability",
        )


def _foreign(phase: Phase) -> Finding:
    before = next((place for place, rule in enumerate(phase.rules) if is_ours(rule)), 0)
    return Finding(
        rule="foreign-rules",
        status=Status.WARN if before else Status.PASS,
        message=f"{phase.name}: {_stay(len(phase.foreign))}"
        f"{f', {before} of them before ours' if before else ''}",
        path=phase.name,
        why="a rule before ours acts first: it can stop a machine that ours would let pass"
        if before
        else "",
        hint="move it behind ours in Cloudflare's dashboard, or delete it" if before else "",
    )


def _stay(count: int) -> str:
    if count == 1:
        return "1 rule that keepwell did not make stays in place"
    return f"{count} rules that keepwell did not make stay in place"
