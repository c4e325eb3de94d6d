import asyncio

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from keepwell.health import Health, Settings
from keepwell.health.asgi import Message
from tests.health.asking import ManualClock, OwnCheck, ask

pytestmark = pytest.mark.anyio

TOKEN = "s3cret-tökén"
SETTINGS = Settings(release_id="f926f80", instance_id="srv-1", health_token=TOKEN)
BEARER = b"Bearer " + TOKEN.encode()


def health(*checks: OwnCheck, clock: ManualClock | None = None, settings=SETTINGS) -> Health:
    return Health(checks or [OwnCheck()], settings=settings, clock=clock or ManualClock())


async def test_health_passes_when_every_check_passes():
    answer = await ask(health(OwnCheck("a"), OwnCheck("b")))
    assert answer.status == 200
    assert answer.body == b'{"status":"pass","releaseId":"f926f80"}'
    assert answer.headers == {
        "content-type": "application/health+json",
        "content-length": str(len(answer.body)),
        "cache-control": "no-store",
    }


async def test_health_fails_when_one_check_fails():
    answer = await ask(health(OwnCheck("a"), OwnCheck("b", error=TimeoutError())))
    assert answer.status == 503
    assert answer.document["status"] == "fail"


async def test_it_says_starting_until_the_first_pass_and_never_again():
    clock, check = ManualClock(), OwnCheck(error=TimeoutError())
    app = health(check, clock=clock)
    notes = []
    for error in (TimeoutError(), None, TimeoutError()):
        check.error = error
        notes.append((await ask(app)).document.get("notes"))
        clock.passed_s += 1
    assert notes == [["starting"], None, None]


@pytest.mark.parametrize("error", [None, TimeoutError()])
async def test_livez_asks_nothing(error):
    check = OwnCheck(error=error)
    answer = await ask(health(check), "/livez")
    assert (answer.status, answer.document["status"], check.asked) == (200, "pass", 0)


async def test_a_burst_costs_one_round_trip_a_second():
    clock, check = ManualClock(), OwnCheck()
    app = health(check, clock=clock)
    for _ in range(30):
        await ask(app)
        clock.passed_s += 0.1
    assert check.asked == 3


@pytest.mark.parametrize("path", ["/health", "/readyz", "/livez"])
async def test_head_answers_as_get_without_the_body(path):
    app = health()
    got, head = await ask(app, path), await ask(app, path, method="HEAD")
    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_not_allowed(method):
    answer = await ask(health(), method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "", "/health/", "/healthz", "/x/health", "/HEALTH"])
async def test_other_paths_are_not_found(path):
    assert (await ask(health(), path)).status == 404


@pytest.mark.parametrize(
    ("path", "root_path", "status"),
    [
        ("/ops/health", "/ops", 200),  # as the specification has it
        ("/health", "/ops", 200),  # as older frameworks hand it on
        ("/ops/livez", "/ops", 200),
        ("/opshealth", "/ops", 404),
        ("/other/health", "/ops", 404),
    ],
)
async def test_a_mount_serves_below_its_prefix(path, root_path, status):
    assert (await ask(health(), path, root_path=root_path)).status == status


@pytest.mark.parametrize(
    ("authorization", "is_shown"),
    [
        (BEARER, True),
        (b"bearer " + TOKEN.encode(), True),
        (b"Bearer  " + TOKEN.encode() + b" ", True),
        (None, False),
        (b"", False),
        (b"Bearer", False),
        (b"Bearer ", False),
        (b"Bearer wrong", False),
        (b"Bearer \xff\xfe", False),
        (TOKEN.encode(), False),
        (b"Basic " + TOKEN.encode(), False),
        (BEARER + b"x", False),
    ],
)
@pytest.mark.parametrize("error", [None, TimeoutError()])
async def test_only_the_bearer_of_the_token_sees_details(authorization, is_shown, error):
    answer = await ask(health(OwnCheck(error=error)), authorization=authorization)
    assert answer.status == (503 if error else 200)
    assert {"checks", "instanceId", "uptime_s"} & answer.document.keys() == (
        {"checks", "instanceId", "uptime_s"} if is_shown else set()
    )


@pytest.mark.parametrize("authorization", [b"Bearer ", b"Bearer", None])
async def test_without_a_token_nobody_sees_details(authorization):
    answer = await ask(health(settings=Settings()), authorization=authorization)
    assert answer.document == {"status": "pass"}


async def test_details_name_the_reading_they_show():
    clock = ManualClock()
    app = health(OwnCheck("queue"), clock=clock)
    await ask(app)
    clock.passed_s += 0.5
    document = (await ask(app, authorization=BEARER)).document
    (reading,) = document["checks"]["queue:responseTime"]
    assert reading["time"] == "2026-11-24T12:00:00.000Z"
    assert (document["uptime_s"], document["instanceId"]) == (0.5, "srv-1")


async def test_the_text_of_an_exception_shows_nowhere():
    app = health(OwnCheck(error=RuntimeError("postgresql://u:p4ss@db/x is wrong")))
    answer = await ask(app, authorization=BEARER)
    assert answer.document["checks"]["queue:responseTime"][0]["output"] == "error"
    assert b"p4ss" not in answer.body
    assert b"wrong" not in answer.body


async def test_draining_fails_new_probes_without_asking():
    check = OwnCheck()
    app = health(check)
    await ask(app)
    app.drain()
    answer = await ask(app)
    assert (answer.status, answer.document["notes"], check.asked) == (503, ["stopping"], 1)
    assert (await ask(app, "/livez")).status == 200


@pytest.mark.parametrize("path", ["/health", "/readyz"])
async def test_draining_concerns_each_path_that_takes_out_of_rotation(path):
    app = health()
    app.drain()
    answer = await ask(app, path)
    assert (answer.status, answer.document["notes"]) == (503, ["stopping"])


class SlowCheck(OwnCheck):
    """Answers once it may; the application has not closed it by then."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = asyncio.Event()

    async def round_trip_ms(self) -> float:
        await self.may_answer.wait()
        assert not self.is_closed
        return await super().round_trip_ms()


async def test_closing_waits_for_the_probe_under_way():
    check = SlowCheck()
    app = health(check)
    probe = asyncio.create_task(ask(app))
    await asyncio.sleep(0.01)
    closing = asyncio.create_task(app.close())
    await asyncio.sleep(0.01)
    check.may_answer.set()
    assert (await probe).status == 200
    await closing
    assert check.is_closed


async def test_middleware_cannot_write_into_later_answers():
    app = health()

    async def receive() -> Message:
        raise AssertionError("a GET has no body to read")

    async def vandal(message: Message) -> None:
        message.get("headers", []).append((b"x", b"y"))
        message.clear()

    scope = {"type": "http", "method": "GET", "path": "/health", "headers": []}
    await app(scope, receive, vandal)
    assert "x" not in (await ask(app)).headers


async def speak(app, scope_type: str, *messages: str) -> list[str]:
    incoming = iter(messages)
    sent: list[str] = []

    async def receive() -> Message:
        return {"type": next(incoming)}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await app({"type": scope_type}, receive, send)
    return sent


async def test_the_lifespan_of_a_server_closes_the_checks():
    check = OwnCheck()
    spoken = await speak(health(check), "lifespan", "lifespan.startup", "lifespan.shutdown")
    assert spoken == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert check.is_closed


async def test_an_application_that_fails_closes_the_checks_all_the_same():
    check = OwnCheck()
    with pytest.raises(OSError, match="its own"):
        async with health(check).lifespan():
            raise OSError("its own")
    assert check.is_closed


async def test_a_websocket_is_turned_away():
    assert await speak(health(), "websocket", "websocket.connect") == ["websocket.close"]


@pytest.mark.parametrize("prefix", ["", "/ops"])
async def test_starlette_mounts_it(prefix):
    app = Starlette(routes=[Mount(prefix or "/", health())])
    assert (await ask(app, f"{prefix}/health")).status == 200
    assert (await ask(app, f"{prefix}/livez")).status == 200
    assert (await ask(app, f"{prefix}/nothing")).status == 404


@pytest.mark.parametrize("names", [[], ["a", "a"]])
async def test_checks_are_there_and_differ(names):
    with pytest.raises(ValueError, match="at least one check"):
        Health([OwnCheck(name) for name in names], settings=SETTINGS)
