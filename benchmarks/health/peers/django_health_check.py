"""django-health-check: its view under Django's ASGI handler."""

import os
from urllib.parse import urlsplit

from django.conf import settings

_DSN = urlsplit(os.environ["DATABASE_URL"])
_DATABASE = {
    "ENGINE": "django.db.backends.postgresql",
    "HOST": _DSN.hostname,
    "PORT": _DSN.port,
    "USER": _DSN.username,
    "PASSWORD": _DSN.password,
    "NAME": _DSN.path[1:],
}
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": _DATABASE},
    INSTALLED_APPS=["health_check"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # sets content-length
    ROOT_URLCONF=__name__,
    SECRET_KEY="x",
)

from django.core.asgi import get_asgi_application  # noqa: E402 - needs the settings
from django.urls import path  # noqa: E402 - likewise

app = get_asgi_application()

from health_check.checks import Database  # noqa: E402 - needs the applications
from health_check.contrib.redis import Redis  # noqa: E402 - likewise
from health_check.views import HealthCheckView  # noqa: E402 - likewise
from redis.asyncio import Redis as Client  # noqa: E402 - likewise

_CLIENT = {"client_factory": lambda: Client.from_url(os.environ["REDIS_URL"])}
urlpatterns = [path("health", HealthCheckView.as_view(checks=[Database, (Redis, _CLIENT)]))]
