"""The settings of a zone: what each may be, what it is at first, and on which plans it can change.

Source: https://developers.cloudflare.com/api/resources/zones/subresources/settings (read 2026-11).
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from keepwell.rehearsal.simulators.cloudflare.answering import Refusal
from keepwell.rehearsal.simulators.cloudflare.plans import reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting; `values` empty means that its form is judged elsewhere.

    `editable_from` is the least plan on which it can be changed, "" where none can. `reserved` are
    values that need the plan enterprise.
    """

    default: Any
    values: tuple[Any, ...] = ("on", "off")
    editable_from: str = "free"
    reserved: tuple[Any, ...] = ()


_ON, _OFF = Setting(default="on"), Setting(default="off")
_FIXED = Setting(default="off", editable_from="")
_HSTS = {
    "enabled": False,
    "max_age": 0,
    "include_subdomains": False,
    "preload": False,
    "nosniff": False,
}
_TTLS_S = (
    *(300, 900, 1800, 2700, 3600, 7200, 10800, 14400, 28800, 57600),
    *(86400, 604800, 2592000, 31536000),
)

SETTINGS: Mapping[str, Setting] = {
    "ssl": Setting(
        default="full",
        values=("off", "flexible", "full", "strict", "origin_pull"),
        reserved=("origin_pull",),
    ),
    "ssl_automatic_mode": Setting(default="auto", values=("auto", "custom")),
    "always_use_https": _OFF,
    "min_tls_version": Setting(default="1.0", values=("1.0", "1.1", "1.2", "1.3")),
    "tls_1_3": Setting(default="on", values=("on", "off", "zrt")),
    "automatic_https_rewrites": _ON,
    "security_header": Setting(default={"strict_transport_security": _HSTS}, values=()),
    "opportunistic_encryption": _ON,
    "opportunistic_onion": _OFF,
    "tls_client_auth": Setting(default="off", editable_from="enterprise"),
    "0rtt": _OFF,
    "http2": Setting(default="on", editable_from="pro"),
    "http3": _ON,
    "brotli": _ON,
    "early_hints": _OFF,
    "browser_check": _ON,
    "security_level": Setting(
        default="medium",
        values=("off", "essentially_off", "low", "medium", "high", "under_attack"),
        reserved=("off",),
    ),
    "challenge_ttl": Setting(default=1800, values=_TTLS_S),
    "email_obfuscation": _ON,
    "hotlink_protection": _OFF,
    "websockets": _ON,
    "ipv6": Setting(default="on", editable_from="enterprise"),
    "pseudo_ipv4": Setting(default="off", values=("off", "add_header", "overwrite_header")),
    "ip_geolocation": _ON,
    "ciphers": Setting(default=[], values=(), editable_from=""),
    "replace_insecure_js": _ON,
    "privacy_pass": _FIXED,
    "server_side_exclude": _FIXED,
    "waf": _FIXED,
    "advanced_ddos": Setting(default="on", editable_from=""),
    "tls_1_2_only": _FIXED,
}


def fresh() -> dict[str, Any]:
    """What a new zone's settings are."""
    return {name: deepcopy(each.default) for name, each in SETTINGS.items()}


def is_editable(name: str, *, plan: str) -> bool:
    """Whether a zone of that plan can change the setting."""
    needed = SETTINGS[name].editable_from
    return bool(needed) and reaches(plan, needed)


def read(name: str, values: Mapping[str, Any]) -> Any:
    """What a setting reads as: TLS 1.3 is `zrt` while 0-RTT is on."""
    if name == "tls_1_3" and values["tls_1_3"] == "on" and values["0rtt"] == "on":
        return "zrt"
    return values[name]


def check_setting(name: str, value: Any, *, plan: str) -> None:
    """Raises Refusal where the zone cannot have that value."""
    setting = SETTINGS[name]
    if not is_editable(name, plan=plan):
        raise Refusal(f"not allowed to edit setting for {name}", code=1006)
    is_known = _is_header(value) if name == "security_header" else value in setting.values
    if not is_known:
        raise Refusal(f"invalid value for zone setting {name}", code=1007)
    if value in setting.reserved and plan != "enterprise":
        raise Refusal(f"not entitled to the value {value} for {name}", code=1007)


def _is_header(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"strict_transport_security"}:
        return False
    header = value["strict_transport_security"]
    if not isinstance(header, dict) or not set(header) <= set(_HSTS):
        return False
    return all(type(each) is type(_HSTS[name]) for name, each in header.items())
