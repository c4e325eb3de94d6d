"""Puts the web service together: the intake of webhooks, /livez and /health."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from starlette.applications import Starlette
from starlette.routing import Mount

from examples.livestreamsell.intake import Intake
from examples.livestreamsell.settings import WebSettings
from keepwell.health import Health

# Meta waits, so a silent queue must turn into its retry soon. The second try is for a pooled
# connection that was closed while it was idle.
_QUEUE_TIMEOUT_S = 1.0


def create_app(settings: WebSettings, *, health: Health) -> Starlette:
    """The web service. It starts without its dependencies: /health says that they are away."""
    queue = Redis.from_url(
        settings.redis_url,
        socket_timeout=_QUEUE_TIMEOUT_S,
        socket_connect_timeout=_QUEUE_TIMEOUT_S,
        retry=Retry(NoBackoff(), 1),
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await health.close()
        await queue.aclose()

    routes = [*Intake(queue, settings=settings).routes(), Mount("/", health)]
    return Starlette(routes=routes, lifespan=lifespan)
