"""Where secrets belong, and what observations tell of them there."""

import pytest

from keepwell.decisions.secrets_places import State, places
from keepwell.model.resource import Resource
from keepwell.model.secret import HIDDEN
from tests.decisions.changes import observed, resource

WANTED = resource("render env-var api/A", value="secret://A")
JOB = resource(
    "cron-job-org job j",
    url="https://x.example",
    every=[5, "secret://B"],
    extendedData={"headers": {"authorization": "Bearer secret://A", "x": "secret://B"}},
)
TEXTS = {"authorization": "Bearer secret://A", "x": "secret://B"}


def job(
    *, every: list[object] | None = None, url: str = "https://x.example", **headers: str
) -> Resource:
    return resource(
        "cron-job-org job j",
        url=url,
        every=every or [5, "secret://B"],
        extendedData={"headers": {**TEXTS, **headers}},
    )


@pytest.mark.parametrize(
    ("resources", "uncompared", "fixed", "state"),
    [
        ([resource("render env-var api/A", id_="srv", value="secret://A")], [], {}, State.PRESENT),
        ([resource("render env-var api/A", value=HIDDEN)], [], {}, State.DIFFERS),
        ([resource("render env-var api/A", value=HIDDEN)], ["A"], {}, State.DIFFERS),
        ([resource("render env-var api/A")], [], {}, State.DIFFERS),
        ([resource("render env-var api/A", value="secret://A")], ["A"], {}, State.UNCOMPARED),
        ([resource("render env-var api/A", value="secret://A")], ["B"], {}, State.PRESENT),
        ([resource("render env-var api/B", value="x")], [], {}, State.MISSING),
        ([], [], {"render env-var api/A": "asleep"}, State.UNCOMPARED),
        ([], ["A"], {"render env-var api/B": "asleep"}, State.MISSING),
    ],
)
def test_an_observation_tells_the_state(resources, uncompared, fixed, state: State):
    seen = observed(*resources, vendor="render", uncompared=uncompared, fixed=fixed)
    (place,) = places([WANTED], [observed(vendor="vault"), seen])
    assert place.state is state
    assert place.id == (resources[0].id if resources else "")


def test_a_vendor_that_was_not_asked_tells_nothing():
    (place,) = places([WANTED], [observed(vendor="vault")])
    assert place.state is State.UNASKED


@pytest.mark.parametrize(
    ("held", "states"),
    [
        (job(), (State.PRESENT, State.PRESENT)),
        (job(url="https://y.example"), (State.PRESENT, State.PRESENT)),
        (job(authorization=HIDDEN), (State.DIFFERS, State.PRESENT)),
        (job(x=HIDDEN), (State.PRESENT, State.DIFFERS)),
        (job(every=["secret://B", 5]), (State.PRESENT, State.DIFFERS)),
    ],
)
def test_of_several_secrets_in_one_resource_each_is_told_apart(held: Resource, states):
    found = places([JOB], [observed(held, vendor="cron-job-org")])
    assert [place.secret for place in found] == ["A", "B"]
    assert tuple(place.state for place in found) == states


@pytest.mark.parametrize(
    ("wanted", "title", "is_pushed"),
    [
        (WANTED, "render api", True),
        (resource("render env-var api/URL", value="secret://A"), "render api as URL", True),
        (
            resource("render env-group-var shared/A", value="secret://A"),
            "render group shared",
            True,
        ),
        (resource("supabase edge-secret A", value="secret://A"), "edge functions", True),
        (resource("vault vault-secret A", value="secret://A"), "vault", True),
        (resource("cloudflare rule p/r", expression='"secret://A"'), "cloudflare rule p/r", False),
    ],
)
def test_a_place_has_a_name(wanted: Resource, title: str, *, is_pushed: bool):
    (place,) = places([wanted], [])
    assert (place.title, place.is_pushed) == (title, is_pushed)


def test_places_come_by_secret_and_what_holds_none_is_no_place():
    desired = [
        resource("vault vault-secret B", value="secret://B"),
        resource("vault vault schema", sql="x"),
        resource("render env-var z/A", value="secret://A"),
        resource("render env-var b/A", value="secret://A"),
    ]
    titles = [(place.secret, place.title) for place in places(desired, [])]
    assert titles == [("A", "render z"), ("A", "render b"), ("B", "vault")]
