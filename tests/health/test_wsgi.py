import asyncio
import io
import threading
from wsgiref.validate import validator

import pytest

from keepwell.health import Health, Settings, WsgiHealth
from tests.health.asking import OwnCheck

SETTINGS = Settings(health_token="t0ken", release_id="f926f80")


class Answer:
    def __init__(self, app, path: str = "/health", *, method: str = "GET", token: str = "") -> None:
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        body = app(environ, self.start_response)
        self.body = b"".join(body)
        if hasattr(body, "close"):
            body.close()

    def start_response(self, status, headers, _exc_info=None):
        self.status = status
        self.headers = dict(headers)
        return lambda _: None


@pytest.fixture
def check() -> OwnCheck:
    return OwnCheck()


@pytest.fixture
def app(check):
    app = WsgiHealth(make=lambda: Health([check], settings=SETTINGS))
    yield app
    app.close()


def hello(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [b"hello"]


def test_it_answers_as_asgi_does(app):
    answer = Answer(app)
    assert answer.status == "200 OK"
    assert answer.body == b'{"status":"pass","releaseId":"f926f80"}'
    assert answer.headers == {
        "content-type": "application/health+json",
        "content-length": str(len(answer.body)),
        "cache-control": "no-store",
    }
    assert Answer(app, method="HEAD").body == b""
    assert Answer(app, method="POST").status == "405 Method Not Allowed"
    assert Answer(app, "/nothing").status == "404 Not Found"


def test_a_failure_is_503(app, check):
    check.error = TimeoutError()
    for path in ("/health", "/readyz"):
        assert Answer(app, path).status == "503 Service Unavailable"
    assert Answer(app, "/livez").status == "200 OK"


@pytest.mark.parametrize(("token", "is_shown"), [("t0ken", True), ("wrong", False), ("", False)])
def test_the_token_opens_the_details(app, token, is_shown):
    assert (b"checks" in Answer(app, token=token).body) is is_shown


@pytest.mark.parametrize(
    ("path", "body"), [("/", b"hello"), ("/healthy", b"hello"), ("/livez", b'{"status":"pass"')]
)
def test_in_front_of_an_application_it_takes_only_its_paths(path, body):
    app = WsgiHealth(hello, make=lambda: Health([OwnCheck()], settings=SETTINGS))
    assert Answer(app, path).body.startswith(body)
    app.close()


@pytest.mark.parametrize("path", ["/health", "/livez"])
def test_it_speaks_wsgi_by_the_letter(app, path):
    Answer(validator(app), path)


def test_many_threads_share_one_loop_and_one_survey(app, check):
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(Answer(app).status)) for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["200 OK"] * 30
    assert check.asked <= 2  # a second survey if the machine needs a second for all of them
    assert [t.name for t in threading.enumerate()].count("keepwell-health") == 1


def test_the_thread_starts_with_the_first_question_and_ends_with_close(check):
    app = WsgiHealth(make=lambda: Health([check], settings=SETTINGS))
    assert "keepwell-health" not in [thread.name for thread in threading.enumerate()]
    Answer(app)
    app.close()
    assert "keepwell-health" not in [thread.name for thread in threading.enumerate()]
    assert check.is_closed
    app.close()


def test_draining_fails_new_probes(app):
    assert Answer(app).status == "200 OK"
    app.drain()
    assert Answer(app, "/readyz").status == "503 Service Unavailable"


def test_what_cannot_be_made_shows_at_the_start():
    def make() -> Health:
        raise ValueError("/health needs the variables")

    with pytest.raises(ValueError, match="needs the variables"):
        WsgiHealth(hello, make=make)


class Blocking(OwnCheck):
    """A check that forgot that it must not block."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Event()

    async def round_trip_ms(self) -> float:
        self.may_go_on.wait()
        await asyncio.sleep(0)
        return 1.0


@pytest.mark.slow
def test_a_check_that_blocks_its_loop_is_a_503_within_5_s():
    check = Blocking()
    app = WsgiHealth(make=lambda: Health([check], settings=SETTINGS))
    assert Answer(app).status == "503 Service Unavailable"
    check.may_go_on.set()
    assert Answer(app).status == "200 OK"
    app.close()
