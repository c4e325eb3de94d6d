"""What each of Cloudflare's plans lets a zone have.

Source: https://developers.cloudflare.com/plans and
https://developers.cloudflare.com/waf/rate-limiting-rules (read 2026-11).
"""

from collections.abc import Mapping

PLANS = ("free", "pro", "business", "enterprise")

_TEN = {"free": 10, "pro": 25, "business": 50, "enterprise": 300}
MOST_RULES: Mapping[str, Mapping[str, int]] = {
    "http_request_firewall_custom": {"free": 5, "pro": 20, "business": 100, "enterprise": 1000},
    "http_ratelimit": {"free": 1, "pro": 2, "business": 5, "enterprise": 100},
    "http_request_firewall_managed": _TEN,
    "ddos_l7": {"free": 1, "pro": 1, "business": 1, "enterprise": 10},
    "http_request_dynamic_redirect": _TEN,
    "http_request_transform": _TEN,
    "http_request_late_transform": _TEN,
    "http_response_headers_transform": _TEN,
    "http_config_settings": _TEN,
    "http_request_origin": _TEN,
    "http_request_cache_settings": _TEN,
    "http_response_compression": _TEN,
    "http_custom_errors": {"free": 0, "pro": 25, "business": 50, "enterprise": 300},
}
MOST_PERIOD_S = {"free": 10, "pro": 60, "business": 600, "enterprise": 65535}
MOST_TIMEOUT_S = {"free": 10, "pro": 3600, "business": 86400, "enterprise": 86400}
MOST_RECORDS = {"free": 200, "pro": 3500, "business": 3500, "enterprise": 3500}
MOST_COMMENT = {"free": 100, "pro": 500, "business": 500, "enterprise": 500}


def reaches(plan: str, needed: str) -> bool:
    """Whether a plan is `needed` or more."""
    return PLANS.index(plan) >= PLANS.index(needed)
