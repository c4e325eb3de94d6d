"""The 22 rules between fields that Render's schema cannot say, by number, and who judges each.

Sources: https://render.com/docs/blueprint-spec, /scaling, /deploys, /free (read 2026-11).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """One rule. `judged_by` names a policy; None means that no stack can break it, by `reason`."""

    title: str
    judged_by: str | None
    reason: str = ""


def _by(judged_by: str, title: str) -> Numbered:
    return Numbered(title=title, judged_by=judged_by)


NUMBERED: Mapping[str, Numbered] = {
    "R1": _by("scaling", "a disk rules out more than one instance"),
    "R2": _by("scaling", "a number of instances beside scaling is ignored"),
    "R3": _by("scaling", "scaling without a target is off"),
    "R4": _by("scaling", "the minimum is not above the maximum"),
    "R5": _by("render_rules", "a disk rules out deploys without downtime"),
    "R6": _by("render_rules", "pre-deploy commands are for paid services, not for cron jobs"),
    "R7": _by("render_rules", "the free plan has one instance and no disk"),
    "R8": _by("health_check_path", "a web service has a health check path"),
    "R9": _by("regions", "all services stand in one region, and in the right one"),
    "R10": _by("origin_bypass", "onrender.com is disabled only where a domain exists"),
    "R11": _by("render_blueprint", "`off` stands in quotes"),
    "R12": _by("render_blueprint", "no deprecated field is used"),
    "R13": _by("render_rules", "no branch is set where previews are on"),
    "R14": _by("render_blueprint", "Key Value has an allow-list, if an empty one"),
    "R15": _by("render_rules", "allow-lists of services need a Scale or Enterprise workspace"),
    "R16": _by("render_rules", "an env group holds plain and generated values only"),
    "R17": _by("render_blueprint", "no name stands for two resources"),
    "R18": _by("render_rules", "every reference leads somewhere"),
    "R19": Numbered(
        title="an empty list of read replicas destroys them",
        judged_by=None,
        reason="a stack declares no Render database: its Postgres is Supabase's",
    ),
    "R20": _by("render_blueprint", "previews.plan is for services, previewPlan for data stores"),
    "R21": _by("render_blueprint", "previews of a service are left out, not off"),
    "R22": _by("render_rules", "health check paths and domains are for web services"),
}
