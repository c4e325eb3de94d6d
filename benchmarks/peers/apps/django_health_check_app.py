"""django-health-check as its documentation mounts it: a view with a check of each dependency."""

import os
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path
from health_check.views import HealthCheckView
from redis.asyncio import Redis

_POSTGRES = urlsplit(os.environ["DATABASE_URL"])

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _POSTGRES.path.lstrip("/"),
            "USER": unquote(_POSTGRES.username or ""),
            "PASSWORD": unquote(_POSTGRES.password or ""),
            "HOST": _POSTGRES.hostname,
            "PORT": _POSTGRES.port,
        }
    },
    INSTALLED_APPS=["health_check"],
    LOGGING_CONFIG=None,
    ROOT_URLCONF=__name__,
    SECRET_KEY="of a benchmark",
)
django.setup()

_CHECKS = [
    "health_check.checks.Database",
    (
        "health_check.contrib.redis.Redis",
        {"client_factory": lambda: Redis.from_url(os.environ["REDIS_URL"])},
    ),
]
urlpatterns = [path("health", HealthCheckView.as_view(checks=_CHECKS))]
app = get_asgi_application()
