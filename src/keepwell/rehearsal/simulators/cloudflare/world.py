"""What one zone at Cloudflare holds. Everything may be changed by hand, as in the dashboard.

Source: https://developers.cloudflare.com/api/resources/zones (read 2026-11).
"""

from typing import Any

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.cloudflare import bots, settings
from keepwell.rehearsal.simulators.cloudflare.answering import Row, make_id, moment
from keepwell.rehearsal.simulators.cloudflare.records import Records
from keepwell.rehearsal.simulators.cloudflare.rulesets import Ruleset, Rulesets

_NAMES = {"free": "Free Website", "pro": "Pro Website"}


class World:
    """A zone. `zone` is what the API answers about it, and `plan` what it may have.

    `lists` are those of its account. `denied` are parts of paths, such as "bot_management", that
    the token may not ask for. Where `is_read_only`, it may not change anything, nor try a change.
    """

    def __init__(self, *, clock: Clock, zone: str, plan: str) -> None:
        self.clock = clock
        self.zone: Row = _zone(zone, at=moment(clock.now()))
        self.set_plan(plan)
        self.rulesets = Rulesets(clock=clock, zone_id=self.id)
        self.settings = settings.fresh()
        self.modified: dict[str, str] = {}
        self.records = Records(clock=clock, zone=zone)
        self.lists: list[Row] = []
        self.denied: set[str] = set()
        self.is_read_only = False

    @property
    def id(self) -> str:
        """The zone's id."""
        return str(self.zone["id"])

    @property
    def plan(self) -> str:
        """The zone's plan: free, pro, business or enterprise."""
        return str(self.zone["plan"]["legacy_id"])

    def set_plan(self, plan: str) -> None:
        """Changes the plan; what the zone does about bots begins anew."""
        name = _NAMES.get(plan, f"{plan.title()} Website")
        self.zone["plan"] = {"id": make_id("plan", plan), "name": name, "legacy_id": plan}
        self.bots = bots.fresh(plan)

    def set(self, name: str, value: Any) -> None:
        """Changes a setting, whatever the plan says."""
        self.settings[name] = value
        self.modified[name] = moment(self.clock.now())

    def put_rules(self, phase: str, rules: list[Row]) -> Ruleset:
        """Replaces all rules of a phase, without judging them."""
        return self.rulesets.put(phase, rules)

    def rules(self, phase: str) -> list[Row]:
        """The rules of a phase, none where nobody wrote to it."""
        ruleset = self.rulesets.by_phase.get(phase)
        return ruleset.rules if ruleset else []

    def add_list(self, name: str, *, kind: str = "ip") -> Row:
        """Makes a list, without items."""
        at = moment(self.clock.now())
        made: Row = {"id": make_id("list", name), "name": name, "kind": kind, "num_items": 0}
        made |= {"num_referencing_filters": 0, "created_on": at, "modified_on": at}
        self.lists.append(made)
        return made

    def add_record(self, type_: str, name: str, content: str, **more: Any) -> Row:
        """Makes a record; `more` are ttl, proxied, priority, data, comment and tags."""
        sent = {"type": type_, "name": name, "content": content, **more}
        return self.records.post(sent, plan=self.plan)

    def shows(self, host: str) -> bool:
        """Whether a host's name leads to Render: what Render asks before it verifies a domain."""
        return any(
            each["name"] == host
            and each["type"] == "CNAME"
            and each["content"].endswith(".onrender.com")
            for each in self.records.by_id.values()
        )


def _zone(name: str, *, at: str) -> Row:
    return {
        "id": make_id("zone", name),
        "name": name,
        "status": "active",
        "paused": False,
        "type": "full",
        "development_mode": 0,
        "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
        "original_name_servers": None,
        "original_registrar": None,
        "original_dnshost": None,
        "created_on": at,
        "modified_on": at,
        "activated_on": at,
        "account": {"id": make_id("account", name), "name": "LiveStreamSell"},
        "owner": {"id": make_id("owner", name), "type": "organization", "name": "LiveStreamSell"},
        "meta": {"step": 2, "custom_certificate_quota": 0, "page_rule_quota": 3},
        "permissions": [],
    }
