"""Which path Render polls. Does not ask it: the prober does."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding
from keepwell.policies._relations import targets_of, web_services
from keepwell.policies._rule import Rule

RULE = Rule(name="health_check_path", see="https://render.com/docs/health-checks")

OUR_DEEP_PATH = "/health"
"""Where `keepwell.health` answers after round trips to Postgres and Redis."""


class HealthCheckPath:
    """Render polls a path that no shared fault can fail, never the deep health check."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """Render restarts an instance after 60 s of failures.

        A deep path fails on all instances at once when the database does, so that a blip there
        restarts the whole fleet. `/readyz` of `keepwell.health` holds a new version back until its
        first pass, and fails afterwards only for what is wrong with its instance alone. Without a
        path, a deploy counts as healthy once a port opens.

        Source: https://render.com/docs/health-checks (read 2026-11).
        """
        services = web_services(stack)
        found = [finding for key in services for finding in _of_service(stack, key)]
        seen = [f"{key}: {service.health_check_path}" for key, service in services.items()]
        return found or [
            RULE.passes("; ".join(seen) if seen else "no web service", path="render.services")
        ]


def _of_service(stack: Stack, key: str) -> Iterator[Finding]:
    path = stack.render.services[key].health_check_path
    if path is None:
        yield RULE.warns(
            f"{key} has no health check path",
            path=f"render.services.{key}",
            why="Render sends traffic to a new version as soon as its port opens",
            hint="Set `health_check_path: /readyz`",
        )
    elif _bare(path) in _deep_paths(stack, key):
        yield RULE.fails(
            f"{key} is polled at {path}, its deep health check",
            path=f"render.services.{key}.health_check_path",
            why="a blip of the database would take every instance out of rotation after 15 s and "
            "restart it after 60 s",
            hint="Set `health_check_path: /readyz`; `keepwell verify` asks the deep path",
        )


def _deep_paths(stack: Stack, key: str) -> set[str]:
    declared = [path for path in stack.cloudflare.machine_paths if path.service == key]
    return {
        OUR_DEEP_PATH,
        *(_bare(path.path) for path in declared if path.kind == "health"),
        *(_bare(target.url) for target in targets_of(stack, key) if target.deep),
    }


def _bare(url: str) -> str:
    return urlsplit(url).path.rstrip("/").lower()
