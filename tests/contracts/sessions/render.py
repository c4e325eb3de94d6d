"""Render: what a sync leaves undone is done, drift is taken back, and refusals."""

from collections.abc import Sequence
from contextlib import closing, suppress
from functools import partial

from keepwell.clients.render import TERMS, Render
from keepwell.decisions import desired_render
from keepwell.errors import KeepwellError
from keepwell.model.resource import Resource
from keepwell.rehearsal.simulators.base import Exchange, serve
from keepwell.rehearsal.simulators.render import RenderSimulator
from keepwell.stackfile import load
from tests.contracts.sessions.standing import (
    ROOT,
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
HOST = "api.livestreamsell.example"
_CRITERION = {"enabled": True, "percentage": 60}
_SCALING = {
    "enabled": True,
    "min": 1,
    "max": 3,
    "criteria": {"cpu": _CRITERION, "memory": _CRITERION},
}
"""What somebody switched on in the dashboard where a fixed number is declared."""


def session() -> list[Exchange]:
    clock = a_clock()
    stand_in = RenderSimulator(clock=clock, token=TOKEN)
    stand_in.world.verify_after_s = 60.0
    stand_in.sync(blueprint())
    desired = _desired()
    with serve(stand_in.app) as url:
        with closing(
            Render(api(TERMS, url=url, token=TOKEN, clock=clock), clock=clock, lookup=lookup)
        ) as client:
            _settle(client, desired)
            _scale(client)
            _drift(stand_in)
            _settle(client, desired)
            stand_in.world.service("scaler").autoscaling = _SCALING
            assert converge(client, desired) == []
            assert converge(client, changed(desired, "shared", services=["api"])) == []
            stand_in.world.groups.clear()
            stand_in.world.service("api").autoscaling = None
            assert converge(client, _otherwise(desired)) == []
            refused(stand_in.desk, 403, 429, 500, 503, call=partial(client.observe, desired))
        with (
            closing(
                Render(api(TERMS, url=url, token="wrong", clock=clock), clock=clock, lookup=lookup)
            ) as stranger,
            suppress(KeepwellError),
        ):
            stranger.observe(desired)
    return kept(stand_in.desk)


def _settle(client: Render, desired: Sequence[Resource]) -> None:
    """The onrender.com name is closed only when a domain leads to the service."""
    before = [each for each in desired if each.kind != "subdomain-policy"]
    assert converge(client, before) == []
    client.await_verified([HOST])
    assert converge(client, desired) == []


def _scale(client: Render) -> None:
    """Twice, as by a queue: the second time the service is known, and has been scaled."""
    instances = client.instances("ai-worker")
    for count in (3, 2):
        assert instances.fleet(within_s=7200).wanted != count
        instances.scale_to(count)


def blueprint() -> str:
    """The Blueprint that the stack generates."""
    return next(each.text for each in documents() if each.path == "render.yaml")


def _desired() -> tuple[Resource, ...]:
    stack = load(ROOT / "stack.yaml").stack
    secrets = {
        (stack.service_name(name), key): value.secret
        for name, service in stack.render.services.items()
        for key, value in service.env.items()
        if value.secret is not None
    }
    return desired_render.desired(documents(), secret_of=secrets)


def _drift(stand_in: RenderSimulator) -> None:
    """What people do in the dashboard."""
    world = stand_in.world
    world.service("api").env_vars["DATABASE_URL"] = "another"
    world.service("api").details["plan"] = "starter"
    world.service("api").details["renderSubdomainPolicy"] = "enabled"
    world.service("api").domains.clear()
    world.service("api").fields["autoDeployTrigger"] = "off"
    world.service("ai-worker").details["numInstances"] = 1
    world.group("shared").env_vars["LOG_LEVEL"] = "debug"
    world.group("shared").services.clear()
    world.store("queue").fields["maxmemory_policy"] = "allkeys_lru"


def _otherwise(desired: tuple[Resource, ...]) -> list[Resource]:
    return changed(desired, "queue", plan="standard")
