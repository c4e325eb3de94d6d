import pytest

from keepwell.health import Health, Settings
from tests.health.asking import ManualClock, OwnCheck, ask

pytestmark = pytest.mark.anyio

SETTINGS = Settings(health_token="t0ken", instance_id="srv-1")
BEARER = b"Bearer t0ken"


@pytest.mark.parametrize("path", ["/health", "/livez", "/nothing"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_any_framework_gets_what_asgi_gets(path, method):
    health = Health([OwnCheck()], settings=SETTINGS, clock=ManualClock())
    reply = await health.respond(path=path, method=method)
    answer = await ask(health, path, method=method)
    names = {name.decode(): value.decode() for name, value in reply.headers}
    assert (reply.status, names, reply.body) == (answer.status, answer.headers, answer.body)


@pytest.mark.parametrize(("headers", "is_shown"), [((b"authorization", BEARER), True), ((), False)])
async def test_its_headers_open_the_details(headers, is_shown):
    health = Health([OwnCheck()], settings=SETTINGS, clock=ManualClock())
    reply = await health.respond(path="/health", method="GET", headers=[headers] if headers else [])
    assert (b"srv-1" in reply.body) is is_shown
