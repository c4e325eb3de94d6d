"""Puts the web service together: the intake of webhooks, /livez and /health."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from examples.livestreamsell.appending import Appending
from examples.livestreamsell.connecting import open_queue
from examples.livestreamsell.database import open_database
from examples.livestreamsell.inbox import Inbox
from examples.livestreamsell.intake import Intake
from examples.livestreamsell.pruning import pruned
from examples.livestreamsell.settings import WebSettings
from keepwell.health import Health

# Meta waits, so a silent queue must turn into its retry soon.
_QUEUE_TIMEOUT_S = 1.0


def create_app(settings: WebSettings, *, health: Health) -> Starlette:
    """The web service. It starts without its dependencies: /health says that they are away."""
    queue = open_queue(settings.redis_url, timeout_s=_QUEUE_TIMEOUT_S)
    appending = Appending(queue, stream=settings.stream)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as at_the_end:
            at_the_end.push_async_callback(queue.aclose)
            at_the_end.push_async_callback(health.close)
            inbox = None
            if settings.mirror_url:
                database = await open_database(settings.mirror_url, table="webhook_inbox")
                at_the_end.push_async_callback(database.close)
                inbox = Inbox(database)
                await at_the_end.enter_async_context(
                    pruned(inbox.prune, every_s=settings.prune_every_s)
                )
            intake = Intake(appending, settings=settings, inbox=inbox)
            app.router.routes[:] = [*intake.routes(), Mount("/", health)]
            yield

    return Starlette(lifespan=lifespan)
