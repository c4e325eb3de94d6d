"""Cloudflare's records by octoDNS: made, changed, proxied and deleted beside foreign ones."""

from contextlib import closing, suppress
from functools import partial

from keepwell.clients.dns import Dns
from keepwell.decisions import desired_dns
from keepwell.errors import KeepwellError
from keepwell.rehearsal.simulators.base import Exchange, serve
from keepwell.rehearsal.simulators.cloudflare import CloudflareSimulator
from tests.contracts.sessions.standing import (
    ZONE,
    a_clock,
    changed,
    converge,
    documents,
    kept,
    refused,
)

TOKEN = "a-token"
MARKER = "keepwell:livestreamsell"


def session() -> list[Exchange]:
    clock = a_clock()
    stand_in = CloudflareSimulator(clock=clock, token=TOKEN, zone=ZONE, plan="free")
    stand_in.world.add_record("A", f"www.{ZONE}", "192.0.2.7", ttl=300)
    stand_in.world.add_record("MX", ZONE, "mx.example.net", priority=10, ttl=300)
    desired = desired_dns.desired(documents())
    with serve(stand_in.app) as url:
        with closing(
            Dns(zone=ZONE, token=TOKEN, clock=clock, marker=MARKER, base_url=url)
        ) as client:
            assert converge(client, changed(desired, "CNAME api", proxied=False)) == []
            assert converge(client, desired) == []
            values = {"values": ["v=spf1 include:example.net -all"]}
            assert converge(client, changed(desired, "TXT @", **values)) == []
            assert converge(client, [each for each in desired if each.key != "TXT _dmarc"]) == []
            refused(stand_in.desk, 403, 429, 500, call=partial(client.observe, desired))
        for token, zone in ((TOKEN, "example.net"), ("wrong", ZONE)):
            with (
                closing(
                    Dns(zone=zone, token=token, clock=clock, marker=MARKER, base_url=url)
                ) as stranger,
                suppress(KeepwellError),
            ):
                stranger.observe(desired)
    return kept(stand_in.desk)
