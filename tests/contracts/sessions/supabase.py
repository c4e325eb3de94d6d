"""Supabase: a project configured, woken, restricted, a function deployed, and refusals."""

import tempfile
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from keepwell.clients.supabase import TERMS, Supabase
from keepwell.decisions import desired_supabase
from keepwell.errors import KeepwellError
from keepwell.model.resource import Resource
from keepwell.rehearsal.simulators.base import Exchange, serve
from keepwell.rehearsal.simulators.supabase import SupabaseSimulator
from tests.contracts.sessions.standing import (
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
PROJECT = "livestreamsellprodaa"
RANGES = ("74.220.48.0/24", "2a00:1::/48")


def session() -> list[Exchange]:
    clock = a_clock()
    stand_in = SupabaseSimulator(clock=clock, token=TOKEN, project=PROJECT)
    desired = _desired()
    with serve(stand_in.app) as url, tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "functions" / "greeting" / "index.ts"
        source.parent.mkdir(parents=True)
        source.write_text("export default {}\n")
        with closing(
            Supabase(
                api(TERMS, url=url, token=TOKEN, clock=clock),
                clock=clock,
                lookup=lookup,
                project=PROJECT,
                folder=Path(folder),
            )
        ) as client:
            assert converge(client, desired) == []
            assert converge(client, changed(desired, "customer-keys", verify_jwt=False)) == []
            stand_in.world.pause()
            assert converge(client, changed(desired, "customer-keys", verify_jwt=False)) == []
            refused(stand_in.desk, 403, 429, 500, call=partial(client.observe, desired))
        with (
            closing(
                Supabase(
                    api(TERMS, url=url, token="wrong", clock=clock),
                    clock=clock,
                    lookup=lookup,
                    project=PROJECT,
                )
            ) as stranger,
            suppress(KeepwellError),
        ):
            stranger.observe(desired)
    return kept(stand_in.desk)


def _desired() -> list[Resource]:
    found = desired_supabase.desired(documents(), render_ranges=RANGES)
    function = next(each for each in found if each.kind == "function")
    secret = Resource(
        vendor="supabase",
        kind="edge-secret",
        key="LLM_API_KEY",
        fields={"value": "secret://LLM_API_KEY"},
    )
    data_api = Resource(
        vendor="supabase",
        kind="postgrest",
        key="config",
        fields={"db_schema": "api", "db_extra_search_path": "public", "max_rows": 100},
    )
    return [*found, replace(function, key="greeting"), secret, data_api]
