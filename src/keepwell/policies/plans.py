"""Names of plans, as an allow-list. Does not judge what a plan can do: `render_rules` does."""

from collections.abc import Iterator
from difflib import get_close_matches

from keepwell.model.stack import Stack
from keepwell.model.stack.compute import Service
from keepwell.model.verdict import Finding
from keepwell.policies._rule import Rule

RULE = Rule(name="plans", see="https://render.com/docs/blueprint-spec")

_BY_SIZE = (
    "0.5c-512mb", "1c-2g", "2c-4g", "2c-8g", "2c-16g", "4c-8g", "4c-16g", "4c-32g",
    "8c-16g", "8c-32g", "8c-64g", "12c-24g", "12c-48g", "12c-96g",
)  # fmt: skip
_EVERYWHERE = ("starter", "standard", "pro", "pro plus", *_BY_SIZE)
_LARGEST = ("pro max", "pro ultra")

SERVICE_PLANS = {
    "web": ("free", *_EVERYWHERE, *_LARGEST),
    "pserv": (*_EVERYWHERE, *_LARGEST),
    "worker": (*_EVERYWHERE, *_LARGEST),
    "cron": _EVERYWHERE,
}
"""Plans by type of service. The sizes by name are newer than Render's JSON Schema.

Sources: https://render.com/docs/blueprint-spec, https://render.com/docs/compute-plans
(read 2026-11).
"""

KEY_VALUE_PLANS = (
    "free", "starter", "standard", "pro", "pro plus", "256mb", "1g", "5g", "10g", "20g", "40g",
)  # fmt: skip
"""Plans of Key Value instances. Source: https://render.com/docs/key-value (read 2026-11)."""


class Plans:
    """Every plan is one that Render has for that type of service."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """A sync leaves a service with an unknown plan out, and reports success.

        Validation does not notice either, so keepwell holds an allow-list of its own; an
        underscore in a name reads as the blank that Blueprints have.
        """
        found = [*_services(stack), *_key_values(stack)]
        return found or [RULE.passes(_seen(stack), path="render")]


def _seen(stack: Stack) -> str:
    plans = {key: service.plan for key, service in stack.render.services.items()}
    plans |= {key: store.plan for key, store in stack.render.key_values.items()}
    return ", ".join(f"{key}: {plan}" for key, plan in plans.items())


def _services(stack: Stack) -> Iterator[Finding]:
    for key, service in stack.render.services.items():
        for path, plan in _plans_of(key, service):
            if plan.replace("_", " ") not in SERVICE_PLANS[service.type]:
                yield _unknown(
                    plan, known=SERVICE_PLANS[service.type], kind=service.type, path=path
                )


def _plans_of(key: str, service: Service) -> Iterator[tuple[str, str]]:
    yield f"render.services.{key}.plan", service.plan
    if service.previews is not None and service.previews.plan is not None:
        yield f"render.services.{key}.previews.plan", service.previews.plan


def _key_values(stack: Stack) -> Iterator[Finding]:
    for key, store in stack.render.key_values.items():
        if store.plan not in KEY_VALUE_PLANS:
            path = f"render.key_values.{key}.plan"
            yield _unknown(store.plan, known=KEY_VALUE_PLANS, kind="key value", path=path)


def _unknown(plan: str, *, known: tuple[str, ...], kind: str, path: str) -> Finding:
    nearest = get_close_matches(plan.lower(), known, n=1, cutoff=0.5)
    return RULE.fails(
        f'Render has no plan "{plan}" for {kind}',
        path=path,
        why="a sync reports success and leaves the service out",
        hint=f'Write "{nearest[0]}"' if nearest else f"Choose one of {', '.join(known)}",
    )
