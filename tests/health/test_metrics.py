import pytest

from keepwell.health import Criticality, Health, Settings
from tests.health.asking import ManualClock, OwnCheck, ask

pytestmark = pytest.mark.anyio

SETTINGS = Settings(health_token="t0ken", has_metrics=True)
BEARER = b"Bearer t0ken"


def health(*checks: OwnCheck, settings: Settings = SETTINGS) -> Health:
    return Health(checks or [OwnCheck()], settings=settings, clock=ManualClock())


async def test_it_is_off_unless_turned_on():
    assert (await ask(health(settings=Settings()), "/metrics")).status == 404


@pytest.mark.parametrize(
    ("error", "criticality", "value"),
    [
        (None, Criticality.FAIL, "1"),
        (TimeoutError(), Criticality.WARN, "0.5"),
        (TimeoutError(), Criticality.FAIL, "0"),
    ],
)
async def test_a_stranger_sees_the_whole_and_no_more(error, criticality, value):
    answer = await ask(health(OwnCheck(error=error, criticality=criticality)), "/metrics")
    assert answer.status == 200
    assert answer.headers == {
        "content-type": "text/plain; version=0.0.4; charset=utf-8",
        "content-length": str(len(answer.body)),
        "cache-control": "no-store",
    }
    assert answer.body.decode().splitlines()[-1] == f"keepwell_health_status {value}"
    assert b"queue" not in answer.body


async def test_the_bearer_of_the_token_sees_each_check():
    checks = (
        OwnCheck("db"),
        OwnCheck("q", error=TimeoutError()),
        OwnCheck('w"\\\n', error=ConnectionRefusedError(), criticality=Criticality.WARN),
    )
    answer = await ask(health(*checks), "/metrics", authorization=BEARER)
    samples = [line for line in answer.body.decode().splitlines() if not line.startswith("#")]
    assert samples == [
        "keepwell_health_status 0",
        'keepwell_check_status{component="db"} 1',
        'keepwell_check_status{component="q"} 0',
        'keepwell_check_status{component="w\\"\\\\\\n"} 0.5',
        'keepwell_check_error{component="q",error="timeout"} 1',
        'keepwell_check_error{component="w\\"\\\\\\n",error="refused"} 1',
        'keepwell_check_seconds{component="db"} 0.001500',
    ]


async def test_each_metric_is_explained_before_its_samples():
    answer = await ask(health(OwnCheck(), OwnCheck("q")), "/metrics", authorization=BEARER)
    explained: set[str] = set()
    for line in answer.body.decode().splitlines():
        name = line.split()[2] if line.startswith("#") else line.split("{")[0].split()[0]
        if line.startswith("# TYPE"):
            explained.add(name)
        elif not line.startswith("#"):
            assert name in explained
    assert len(explained) == 4


async def test_it_shares_the_survey_and_goes_on_while_draining():
    check = OwnCheck()
    app = health(check)
    await ask(app)
    app.drain()
    assert (await ask(app, "/metrics")).status == 200
    assert check.asked == 1


async def test_head_answers_as_get_without_the_body():
    app = health()
    got, head = await ask(app, "/metrics"), await ask(app, "/metrics", method="HEAD")
    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")
