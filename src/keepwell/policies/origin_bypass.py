"""Whether requests can reach a service past the edge. Does not judge the edge's own rules."""

from collections.abc import Iterator

from keepwell.model.stack import Stack
from keepwell.model.stack.compute import Service
from keepwell.model.verdict import Finding
from keepwell.policies._relations import web_services
from keepwell.policies._rule import Rule

RULE = Rule(name="origin_bypass", see="https://render.com/docs/custom-domains")


class OriginBypass:
    """No web service is reachable past the edge by its onrender.com name."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """The onrender.com name stays reachable beside a custom domain, unless it is disabled.

        It knows none of the firewall's rules. Render disables it only where a custom domain exists.

        Source: https://render.com/docs/custom-domains (read 2026-11).
        """
        services = web_services(stack)
        found = [
            finding for key, service in services.items() for finding in _of_service(key, service)
        ]
        domains = [domain for service in services.values() for domain in service.domains]
        return found or [
            RULE.passes(
                f"reachable only at {', '.join(domains)}" if domains else "no web service",
                path="render.services",
            )
        ]


def _of_service(key: str, service: Service) -> Iterator[Finding]:
    path = f"render.services.{key}"
    if service.domains and service.render_subdomain != "disabled":
        yield RULE.fails(
            f"{key} answers at its onrender.com name as well as at {service.domains[0]}",
            path=f"{path}.render_subdomain",
            why="whoever knows that name goes past firewall, rate limits and TLS settings",
            hint="Set `render_subdomain: disabled`",
        )
    if not service.domains and service.render_subdomain == "disabled":
        yield RULE.fails(
            f"{key} has its onrender.com name disabled and no domain",
            path=f"{path}.render_subdomain",
            why="Render refuses it: the service would be unreachable",
            hint="Add `domains`, or remove `render_subdomain`",
        )
    elif not service.domains:
        yield RULE.warns(
            f"{key} is public at its onrender.com name only",
            path=path,
            why="none of the edge's rules protects it",
            hint="Add a domain of the zone and `render_subdomain: disabled`, or make it `pserv`",
        )
