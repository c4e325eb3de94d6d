"""Who refers to whom within a stack; several policies ask. Nothing here judges."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from keepwell.model.stack import Stack
from keepwell.model.stack.compute import EnvVar, Service
from keepwell.model.stack.watch import Target


def web_services(stack: Stack) -> dict[str, Service]:
    """The services that answer requests from outside, by key."""
    return {key: service for key, service in stack.render.services.items() if service.type == "web"}


def webhook_receivers(stack: Stack) -> set[str]:
    """The keys of services to which a machine path of kind webhook leads."""
    return {path.service for path in stack.cloudflare.machine_paths if path.kind == "webhook"}


def variables(stack: Stack, key: str) -> Iterator[tuple[str, str, EnvVar]]:
    """What a service finds in its environment: (path, name, variable), its groups' included."""
    service = stack.render.services[key]
    for name, variable in service.env.items():
        yield f"render.services.{key}.env.{name}", name, variable
    for group in service.env_groups:
        for name, variable in stack.render.env_groups.get(group, {}).items():
            yield f"render.env_groups.{group}.{name}", name, variable


def targets_of(stack: Stack, key: str) -> list[Target]:
    """The keep-alive targets that ask the service: named by it, or at one of its domains."""
    domains = stack.render.services[key].domains
    return [
        target
        for target in stack.keep_alive.targets.values()
        if target.service == key or urlsplit(target.url).hostname in domains
    ]
