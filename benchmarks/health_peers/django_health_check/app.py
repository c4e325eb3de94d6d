"""django-health-check as its documentation mounts it: the checks that it brings, under ASGI."""

import os
from urllib.parse import urlsplit

import redis.asyncio
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path
from health_check.views import HealthCheckView

_DATABASE = urlsplit(os.environ["DATABASE_URL"])
_CHECKS = [
    "health_check.checks.Database",
    (
        "health_check.contrib.redis.Redis",
        {"client_factory": lambda: redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])},
    ),
]

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["health_check"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # tells the length of answers
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _DATABASE.path.lstrip("/"),
            "USER": _DATABASE.username,
            "PASSWORD": _DATABASE.password,
            "HOST": _DATABASE.hostname,
            "PORT": _DATABASE.port,
        }
    },
)

urlpatterns = [path("health", HealthCheckView.as_view(checks=_CHECKS))]
app = get_asgi_application()
