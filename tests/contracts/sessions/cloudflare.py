"""Cloudflare: rules among foreign ones, settings, bots, a dry run, old versions, and refusals."""

from collections.abc import Sequence
from contextlib import closing, suppress
from functools import partial

from keepwell.clients.cloudflare import TERMS, Cloudflare
from keepwell.clock import ManualClock
from keepwell.decisions import desired_cloudflare
from keepwell.decisions.diff import diff
from keepwell.decisions.order import order
from keepwell.errors import KeepwellError
from keepwell.model.resource import Resource
from keepwell.rehearsal.simulators.base import Exchange, serve
from keepwell.rehearsal.simulators.cloudflare import CloudflareSimulator
from tests.contracts.sessions.standing import (
    ZONE,
    a_clock,
    api,
    changed,
    converge,
    documents,
    kept,
    lookup,
    refused,
)

TOKEN = "a-token"
PHASE = "http_request_firewall_custom"
FOREIGN = {"expression": "ip.src eq 192.0.2.1", "action": "block", "description": "by hand"}
FIRST = f"{PHASE}/keepwell-path-probes"


def session() -> list[Exchange]:
    clock = a_clock()
    stand_in = CloudflareSimulator(clock=clock, token=TOKEN, zone=ZONE, plan="free")
    stand_in.world.put_rules(PHASE, [FOREIGN])
    stand_in.world.add_list("friends")
    desired = desired_cloudflare.desired(documents())
    with serve(stand_in.app) as url:
        connected = partial(_client, url=url, clock=clock)
        with closing(connected()) as client:
            _check(client, desired)
            assert converge(client, desired) == []
            stand_in.world.set("ssl", "flexible")
            stand_in.world.bots["ai_bots_protection"] = "disabled"
            assert converge(client, desired) == []
            assert converge(client, changed(desired, FIRST, enabled=False)) == []
            assert converge(client, [each for each in desired if each.key != FIRST]) == []
            assert client.rules_at(PHASE, client.versions(PHASE)[0]["version"])
            assert client.versions("http_request_dynamic_redirect") == ()
            assert len(client.lists()) == 1
            _check(client, changed(desired, FIRST, expression="not an expression"))
            refused(stand_in.desk, 403, 429, 500, call=partial(client.observe, desired))
        with closing(connected(zone="example.net")) as stranger, suppress(KeepwellError):
            stranger.observe(desired)
        with closing(connected(token="wrong")) as stranger, suppress(KeepwellError):
            stranger.observe(desired)
    return kept(stand_in.desk)


def _client(*, url: str, clock: ManualClock, token: str = TOKEN, zone: str = ZONE) -> Cloudflare:
    return Cloudflare(api(TERMS, url=url, token=token, clock=clock), zone=zone, lookup=lookup)


def _check(client: Cloudflare, desired: Sequence[Resource]) -> None:
    """Asks what Cloudflare would say to the changes, and to one that it refuses when it is made."""
    seen = client.observe(desired)
    changes = diff(desired, [seen]).changes
    client.check(changes)
    for batch in order(changes, zone=ZONE, unverified={}):
        if any(change.after.get("expression") == "not an expression" for change in batch.changes):
            with suppress(KeepwellError):
                client.apply(batch)
