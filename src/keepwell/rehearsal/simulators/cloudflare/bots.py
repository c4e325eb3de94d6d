"""What a zone does about bots, by its plan: which keys it has, and what they may be.

Source: https://developers.cloudflare.com/api/resources/bot_management (read 2026-11).
"""

from collections.abc import Mapping
from typing import Any

from keepwell.rehearsal.simulators.cloudflare.answering import Refusal, Row
from keepwell.rehearsal.simulators.cloudflare.plans import reaches

_IS = (True, False)
_ADS = ("disabled", "block", "only_on_ad_pages")
_VERDICTS = ("allow", "block", "managed_challenge")

_ALL: Mapping[str, tuple[Any, ...]] = {
    "enable_js": _IS,
    "ai_bots_protection": ("disabled", "block", "only_on_ad_pages"),
    "content_bots_protection": ("disabled", "block"),
    "crawler_protection": ("disabled", "enabled"),
    "is_robots_txt_managed": (False, True),
    "cf_robots_variant": ("off", "policy_only"),
    "ai_search": _ADS,
    "ai_training": ("disabled", "disallow", "block", "only_on_ad_pages"),
    "ai_user": _ADS,
    "bot_preference_sync_enabled": (False, True),
    "jsd_api_results_enabled": (False, True),
    "ai_bots_migration_opt_out": (False, True),
}
_PRO: Mapping[str, tuple[Any, ...]] = {
    "sbfm_definitely_automated": _VERDICTS,
    "sbfm_verified_bots": ("allow", "block"),
    "sbfm_static_resource_protection": (False, True),
    "optimize_wordpress": (False, True),
}
_READ_ONLY = ("using_latest_model", "stale_zone_configuration")


def bot_keys(plan: str) -> Mapping[str, tuple[Any, ...]]:
    """The keys that a zone of that plan has, each with its values: the first is the default."""
    if plan == "free":
        return {"fight_mode": (False, True), **_ALL}
    business = {"sbfm_likely_automated": _VERDICTS} if reaches(plan, "business") else {}
    enterprise = ("suppress_session_score", "auto_update_model", "bm_cookie_enabled")
    more = dict.fromkeys(enterprise, (False, True)) if plan == "enterprise" else {}
    return {**_ALL, **_PRO, **business, **more}


def fresh(plan: str) -> Row:
    """What a new zone does about bots."""
    return {name: values[0] for name, values in bot_keys(plan).items()}


def check_bots(body: Row, *, plan: str) -> None:
    """Raises Refusal where a zone of that plan cannot have that."""
    keys = bot_keys(plan)
    for name, value in body.items():
        if name in _READ_ONLY or name not in keys:
            raise Refusal(f"not entitled to change {name}", code=1001, pointer=f"/{name}")
        if not any(value is each or (value == each and each not in _IS) for each in keys[name]):
            raise Refusal(f"invalid value for {name}", code=1001, pointer=f"/{name}")
