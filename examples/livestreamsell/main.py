"""What the server loads: `uvicorn examples.livestreamsell.main:app`."""

import logging
import os

from examples.livestreamsell.app import create_app
from examples.livestreamsell.settings import web_settings
from keepwell.health import Health

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())  # noqa: TID251 - its border
app = create_app(web_settings(os.environ), health=Health.from_environment())  # noqa: TID251
