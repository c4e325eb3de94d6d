"""Render: deploys of every ending, what happened there, and a Blueprint judged before a push."""

from contextlib import closing, suppress
from datetime import timedelta
from functools import partial

from keepwell.clients.render import TERMS, Render
from keepwell.clients.render.deploys import Deploys
from keepwell.clock import ManualClock
from keepwell.errors import KeepwellError
from keepwell.rehearsal.simulators.base import Exchange, serve
from keepwell.rehearsal.simulators.render import RenderSimulator
from tests.contracts.sessions.render import TOKEN, blueprint
from tests.contracts.sessions.standing import a_clock, api, kept, lookup, refused

OLD, NEW = "a" * 40, "b" * 40
ENDED_AFTER_S = 60.0


def session() -> list[Exchange]:
    clock = a_clock()
    stand_in = RenderSimulator(clock=clock, token=TOKEN)
    stand_in.sync(blueprint(), commit=OLD)
    with (
        serve(stand_in.app) as url,
        closing(
            Render(api(TERMS, url=url, token=TOKEN, clock=clock), clock=clock, lookup=lookup)
        ) as client,
    ):
        deploys = client.deploys(stand_in.world.service("api").id)
        _roll_out(deploys, clock=clock)
        _fail(deploys, stand_in=stand_in, clock=clock)
        _look_back(deploys, clock=clock)
        _judge(client)
        for call in (deploys.recent, deploys.start, partial(client.validate, blueprint())):
            refused(stand_in.desk, 403, 429, 500, call=call)
    return kept(stand_in.desk)


def _roll_out(deploys: Deploys, *, clock: ManualClock) -> None:
    """A commit goes live; one that is queued behind another is found, and called off."""
    clock.sleep(ENDED_AFTER_S)
    (first,) = deploys.recent()
    made = deploys.start(revision=NEW)
    assert made.revision == NEW
    queued = deploys.start()
    assert queued.id not in {first.id, made.id}
    assert deploys.cancel(queued.id).status == "canceled"
    clock.sleep(ENDED_AFTER_S)
    assert deploys.one(made.id).status == "live"
    assert deploys.one(first.id).status == "deactivated"
    assert deploys.roll_back(first.id).revision == first.revision
    clock.sleep(ENDED_AFTER_S)


def _fail(deploys: Deploys, *, stand_in: RenderSimulator, clock: ManualClock) -> None:
    """A build that fails; a deploy that has ended cannot be called off, and one is not there."""
    stand_in.world.outcomes["api"] = "build_failed"
    failed = deploys.start(revision=NEW)
    clock.sleep(ENDED_AFTER_S)
    assert deploys.one(failed.id).status == "build_failed"
    for wrong in (failed.id, "dep-00000000000000000000"):
        with suppress(KeepwellError):
            deploys.cancel(wrong)


def _look_back(deploys: Deploys, *, clock: ManualClock) -> None:
    since = clock.now() - timedelta(hours=1)
    assert {each["type"] for each in deploys.events(since=since)} == {
        "deploy_started",
        "deploy_ended",
    }
    assert len(deploys.instances()) > 0
    assert len(deploys.metric("cpu", since=since)) == 1


def _judge(client: Render) -> None:
    text = blueprint()
    assert client.validate(text) == ()
    assert client.validate(text.replace("plan: standard", "plan: huge")) != ()
    assert client.validate("a: [") != ()
