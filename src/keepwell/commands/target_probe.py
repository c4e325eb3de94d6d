"""From a target of the stack to what is asked of it, secrets resolved. Asks nothing itself."""

from keepwell.commands.wiring import World
from keepwell.model.probe import Probe
from keepwell.model.stack import Stack


def target_probe(name: str, *, stack: Stack, world: World) -> Probe:
    """The probe of `keep_alive.targets.NAME`, with the headers whose secrets are set.

    A secret that is unset is told on stderr: without the bearer an answer shows no details, and
    without its header a probe may meet the firewall.
    """
    target = stack.keep_alive.targets[name]
    headers = {
        header: value
        for header, secret in target.headers.items()
        if (value := _secret(secret, name=name, use=f"header {header}", world=world))
    }
    if target.bearer and (token := _secret(target.bearer, name=name, use="bearer", world=world)):
        headers["authorization"] = f"Bearer {token}"
    return Probe(
        name=name,
        url=target.url,
        headers=headers,
        timeout_s=target.timeout_s,
        is_deep=target.deep,
        total_budget_ms=target.budgets.total_ms,
        budgets_ms=target.budgets.components_ms,
        minimum_certificate_days=stack.verify.minimum_certificate_days,
        minimum_tls_version=stack.verify.minimum_tls_version,
        expects_hsts=stack.cloudflare.tls.hsts is not None,
    )


def _secret(secret: str, *, name: str, use: str, world: World) -> str | None:
    value = world.secret(secret)
    if value is None:
        world.console.warn(f"warning: {secret} is not set, so {name} is asked without its {use}")
    return value
