"""The counter-example: the service's own intake, but it asks the model before it answers."""

import os
from collections.abc import Sequence

from redis.asyncio import Redis
from starlette.applications import Starlette

from examples.livestreamsell.appending import Appending
from examples.livestreamsell.connecting import open_queue
from examples.livestreamsell.intake import Intake
from examples.livestreamsell.llm import LanguageModel, StandInModel
from examples.livestreamsell.settings import web_settings, worker_settings


class Answering(Appending):
    """Appends as the service does, once the model has said something."""

    def __init__(self, queue: Redis, *, stream: str, model: LanguageModel) -> None:
        super().__init__(queue, stream=stream)
        self._model = model

    async def append(self, body: bytes, *, ids: Sequence[str]) -> str | None:
        await self._model.reply(body.decode())
        return await super().append(body, ids=ids)


def create_app() -> Starlette:
    """The application, with the settings of its environment."""
    settings = web_settings(os.environ)
    model = StandInModel(worker_settings(os.environ).behaviour)
    queue = open_queue(settings.redis_url, timeout_s=1.0)
    appending = Answering(queue, stream=settings.stream, model=model)
    return Starlette(routes=Intake(appending, settings=settings).routes())
