"""A part of the matrix, which `make faults-apply` plays whole; and that it would find what is wrong."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from keepwell.rehearsal.servers import start_postgres
from keepwell.rehearsal.simulators.base import Exchange
from tests.faults.apply import all_scenarios, http_scenarios, outcomes
from tests.faults.playing import play
from tests.faults.scenarios import FAULTS, KILLS, Scenario, scenarios
from tests.faults.stage import FOREIGN_PHASE, Stage, secrets
from tests.faults.vault import VaultScenario
from tests.faults.zygote import Zygote

QUICK = frozenset(FAULTS) - {"timeout"}
"""The faults that nobody has to wait for."""


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with closing(Zygote()) as zygote:
        yield zygote


@pytest.mark.slow
def test_an_apply_that_is_killed_at_every_eleventh_point_converges():
    with start_postgres() as postgres:
        kills = [each for each in all_scenarios(postgres.dsn) if each.way in KILLS]
        chosen = kills[::11]
        played = [*outcomes(chosen)]
    kinds = {(isinstance(each, VaultScenario), each.way) for each in chosen}
    assert kinds == {(is_vault, way) for is_vault in (False, True) for way in KILLS}
    assert [f"{each.scenario}: {each.wrongs}" for each in played if each.wrongs] == []


@pytest.mark.slow
def test_an_apply_that_meets_each_kind_of_fault_converges(zygote: Zygote):
    faults = [each for each in http_scenarios(zygote) if each.way in QUICK]
    chosen = faults[::29]
    assert {each.way for each in chosen} == QUICK
    played = [play(each, zygote=zygote) for each in chosen]
    assert [f"{each.scenario}: {each.wrongs}" for each in played if each.wrongs] == []


@pytest.mark.parametrize("way", ["killed-after", "500"])
def test_what_no_call_has_met_is_wrong(zygote: Zygote, way):
    never = Scenario(vendor="render", call="PUT /never", nth=1, way=way)
    assert play(never, zygote=zygote).wrongs == ["the call was never made, and the apply exits 0"]


def test_every_call_is_killed_twice_and_every_write_meets_every_fault():
    read = Exchange(
        method="GET", path="/a", query="", request_headers={}, request_body=b"", status=200
    )
    write = replace(read, method="PUT")
    found = [str(each) for each in scenarios({"render": [read, read, write]})]
    assert found == [
        "render: killed-before at GET /a (1)",
        "render: killed-after at GET /a (1)",
        "render: killed-before at GET /a (2)",
        "render: killed-after at GET /a (2)",
        "render: killed-before at PUT /a (1)",
        "render: killed-after at PUT /a (1)",
        "render: 500 at PUT /a (1)",
        "render: 500-once at PUT /a (1)",
        "render: 429 at PUT /a (1)",
        "render: cut-before at PUT /a (1)",
        "render: cut-after at PUT /a (1)",
        "render: timeout at PUT /a (1)",
    ]


def test_what_no_run_may_do_is_found():
    with Stage() as stage:
        assert [*stage.wrongs()] == []
        stage.at.cloudflare.world.put_rules(FOREIGN_PHASE, [])
        stage.at.cloudflare.world.records.by_id.clear()
        stage.at.cron_job_org.world.jobs.clear()
        (stage.folder / "output").write_text(
            f"{secrets()['LLM_API_KEY']} {stage.at.render.desk.token}"
        )
        assert [*stage.wrongs()] == [
            "the foreign rule is gone",
            "the foreign record 192.0.2.7 is gone",
            "the foreign record mx.example.net is gone",
            "the foreign cron job is gone",
            "the value of LLM_API_KEY was told",
            "the value of render was told",
        ]
