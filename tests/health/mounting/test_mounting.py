"""Every snippet of docs/mounting.md, in the service that its reader has, run by its command."""

import re
import shlex
import textwrap

import asyncpg
import pytest
from redis.asyncio import Redis as Client

from keepwell.rehearsal.servers import start_postgres, start_redis
from keepwell.rehearsal.servers.server import free_port
from tests.health.serving import ROOT, serve, wait_until

GUIDE = (ROOT / "docs" / "mounting.md").read_text()
DJANGO = """
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x")
    urlpatterns = [path("", lambda request: HttpResponse("hello"))]
"""
SERVICES = {
    "Starlette": """
        from starlette.applications import Starlette
        from starlette.responses import PlainTextResponse
        from starlette.routing import Route

        routes = [Route("/", lambda request: PlainTextResponse("hello"))]
    """,
    "FastAPI": """
        from fastapi import APIRouter, FastAPI
        from fastapi.responses import PlainTextResponse

        router = APIRouter()

        @router.get("/", response_class=PlainTextResponse)
        def hello() -> str:
            return "hello"
    """,
    "Litestar": """
        from litestar import Litestar, get

        @get("/", media_type="text/plain")
        async def hello() -> str:
            return "hello"
    """,
    "Django, ASGI": DJANGO,
    "Django, WSGI": DJANGO,
    "Flask": """
        from flask import Flask

        app = Flask("service")

        @app.get("/")
        def hello() -> str:
            return "hello"
    """,
    "Sidecar": "",
    "More checks": """
        async def warm_cache() -> None:
            return None
    """,
}


def sections() -> dict[str, str]:
    return dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL))


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def command(section: str, port: int) -> list[str]:
    """The section's command, at another port, for our interpreter."""
    (line,) = blocks(section, "sh")
    words = shlex.split(line.replace("8000", str(port)))
    return words[1:] if words[0] == "python" else ["-m", *words]


@pytest.fixture(scope="module")
def servers():
    with start_postgres() as postgres, start_redis() as redis:
        yield postgres, redis


@pytest.fixture
async def environ(servers, anyio_backend):
    postgres, redis = servers
    admin = await asyncpg.connect(postgres.dsn)
    await admin.execute(
        "create table if not exists keepwell_health (id smallint primary key, at timestamptz not null)"
    )
    await admin.close()
    client = Client.from_url(redis.url)
    await client.flushall()
    await client.aclose()
    return {
        "DATABASE_URL": postgres.dsn,
        "REDIS_URL": redis.url,
        "HEALTH_TOKEN": "t0ken",
        "SMTP_PORT": str(redis.port),
        "MODEL_URL": f"http://127.0.0.1:{free_port()}",
    }


@pytest.fixture
def folder(tmp_path, request):
    """The service of a section, with the snippet at its end."""
    title = request.getfixturevalue("title")
    snippet = "\n".join(blocks(sections()[title], "python"))
    (tmp_path / "service.py").write_text(textwrap.dedent(SERVICES[title]) + snippet)
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    (tmp_path / "supabase" / "migrations" / "20261124120000_first.sql").touch()
    return tmp_path


def test_each_section_with_a_command_is_tried():
    assert {title for title, text in sections().items() if blocks(text, "sh")} == set(SERVICES)


MOUNTED = [title for title in SERVICES if title not in {"Sidecar", "More checks"}]


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("title", MOUNTED)
async def test_a_framework_serves_it_beside_its_own(title, environ, folder, servers):
    _, redis = servers
    port = free_port()
    with serve(command(sections()[title], port), port=port, environ=environ, folder=folder) as it:
        assert it.get("/") == (200, b"hello")
        for path in ("/health", "/readyz", "/livez"):
            assert it.get(path) == (200, b'{"status":"pass"}')
        assert b"postgres:responseTime" in it.get("/health", token="t0ken")[1]
        assert b"postgres:responseTime" not in it.get("/health", token="wrong")[1]
        assert it.get("/nothing")[0] == 404
        redis.kill()
        try:
            wait_until(lambda: it.get("/health") == (503, b'{"status":"fail"}'))
            assert it.get("/livez")[0] == 200
        finally:
            redis.start()
        wait_until(lambda: it.get("/health")[0] == 200)
        it.terminate()
        assert it.wait() in {0, -15}


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("title", ["Sidecar"])
async def test_the_sidecar_serves_it_alone(title, environ, folder):
    port = free_port()
    with serve(command(sections()[title], port), port=port, environ=environ, folder=folder) as it:
        assert it.get("/health") == (200, b'{"status":"pass"}')
        assert it.get("/")[0] == 404
        it.terminate()
        assert it.wait() == 0


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("title", ["More checks"])
async def test_all_checks_at_once(title, environ, folder):
    port = free_port()
    with serve(command(sections()[title], port), port=port, environ=environ, folder=folder) as it:
        assert it.get("/health") == (200, b'{"status":"warn"}')
        body = it.get("/health", token="t0ken")[1].decode()
    seen = dict(re.findall(r'"(\w+):responseTime":\[\{[^}]*?"status":"(\w+)"', body))
    assert seen == {
        "postgres": "pass",
        "redis": "pass",
        "migrations": "warn",  # nothing was ever migrated
        "eviction": "pass",
        "queue": "warn",  # there is no such stream
        "workers": "warn",
        "event_loop": "pass",
        "disk": "pass",
        "mail": "pass",
        "model": "warn",
        "cache": "pass",
    }


def test_a_snippet_is_as_short_as_it_is_said():
    for title in MOUNTED:
        (snippet,) = blocks(sections()[title], "python")
        lines = [line for line in snippet.splitlines() if line and "import" not in line]
        assert len([line for line in lines if "router" not in line]) <= 3
