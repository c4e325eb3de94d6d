"""Intake of webhooks apart from the LLM. Does not measure the intake."""

import re
from collections.abc import Iterator

from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding
from keepwell.policies._relations import variables, webhook_receivers
from keepwell.policies._rule import Rule

RULE = Rule(name="worker_isolation", see="https://render.com/docs/background-workers")

LLM_NAME = re.compile(
    r"(^|_)(LLM|OPENAI|ANTHROPIC|CLAUDE|GEMINI|MISTRAL|GROQ|COHERE|OPENROUTER|DEEPSEEK)(_|$)"
)
"""Names that give an LLM's secret away, whatever kind it is declared as."""


class WorkerIsolation:
    """Services that receive webhooks cannot call the LLM; workers can, behind a lossless queue."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """Who holds no LLM secret cannot wait for an LLM.

        A call takes seconds to minutes, and Meta unsubscribes a webhook that fails for an hour. An
        acknowledged webhook lives in the queue alone, which must neither evict nor forget it.

        Source: https://developers.facebook.com/docs/graph-api/webhooks (read 2026-11).
        """
        receivers = sorted(webhook_receivers(stack) & set(stack.render.services))
        found = [*_leaks(stack, receivers), *_workers(stack), *_queues(stack, receivers)]
        return found or [RULE.passes(_seen(stack, receivers), path="render.services")]


def _llm_holders(stack: Stack) -> dict[str, list[str]]:
    """The paths by which each service gets an LLM secret; services without are left out."""
    held = {
        key: [
            path
            for path, name, variable in variables(stack, key)
            if variable.secret is not None and _is_llm(stack, name, variable.secret)
        ]
        for key in stack.render.services
    }
    return {key: paths for key, paths in held.items() if paths}


def _llm_workers(stack: Stack) -> list[str]:
    return [key for key in _llm_holders(stack) if stack.render.services[key].type == "worker"]


def _is_llm(stack: Stack, name: str, secret: str) -> bool:
    declared = stack.secrets.get(secret)
    by_kind = declared is not None and declared.kind == "llm"
    return by_kind or any(LLM_NAME.search(word) for word in (name, secret))


def _leaks(stack: Stack, receivers: list[str]) -> Iterator[Finding]:
    holders = _llm_holders(stack)
    for key in receivers:
        for path in holders.get(key, ()):
            yield RULE.fails(
                f"{key} receives webhooks and holds an LLM secret ({path.rsplit('.', 1)[-1]})",
                path=path,
                why="a slow LLM would hold up the answers to webhooks, and the sender unsubscribes",
                hint="Give the secret to a worker only",
            )


def _workers(stack: Stack) -> Iterator[Finding]:
    declared = [name for name, secret in stack.secrets.items() if secret.kind == "llm"]
    if declared and not _llm_workers(stack):
        yield RULE.fails(
            f"no worker holds {', '.join(declared)}",
            path=f"secrets.{declared[0]}",
            why="nothing could call the LLM away from the intake of webhooks",
            hint="Add a service of type worker whose env refers to it",
        )


def _queues(stack: Stack, receivers: list[str]) -> Iterator[Finding]:
    workers = _llm_workers(stack)
    if not receivers or not workers:
        return
    shared = _shared(stack, receivers, workers)
    if not shared:
        yield RULE.warns(
            f"{', '.join(receivers)} and {', '.join(workers)} share no Key Value instance",
            path="render.key_values",
            why="a webhook that was answered has no queue to wait in",
            hint="Refer both to one, as in `REDIS_URL: { key_value: queue, ... }`",
        )
    for key in sorted(shared):
        yield from _keeps(stack, key)


def _shared(stack: Stack, receivers: list[str], workers: list[str]) -> set[str]:
    return _key_values(stack, receivers) & _key_values(stack, workers)


def _key_values(stack: Stack, services: list[str]) -> set[str]:
    return {
        variable.key_value
        for key in services
        for _, _, variable in variables(stack, key)
        if variable.key_value in stack.render.key_values
    }


def _keeps(stack: Stack, key: str) -> Iterator[Finding]:
    store = stack.render.key_values[key]
    if store.eviction != "noeviction":
        yield RULE.fails(
            f"the queue {key} evicts ({store.eviction})",
            path=f"render.key_values.{key}.eviction",
            why="when memory is full, acknowledged webhooks vanish without a word",
            hint="Set `eviction: noeviction`",
            see="https://render.com/docs/key-value",
        )
    if store.persistence == "off" or store.plan == "free":
        what = "persistence off" if store.persistence == "off" else "the free plan, in memory only"
        yield RULE.fails(
            f"the queue {key} does not persist ({what})",
            path=f"render.key_values.{key}",
            why="a restart loses every webhook that waits in it",
            hint="Set `persistence: journal-snapshot` on a paid plan",
            see="https://render.com/docs/key-value",
        )


def _seen(stack: Stack, receivers: list[str]) -> str:
    if not receivers:
        return "no service receives webhooks"
    workers = _llm_workers(stack)
    if not workers:
        return f"{', '.join(receivers)} receives webhooks; no LLM secret is declared"
    queues = sorted(_shared(stack, receivers, workers))
    return (
        f"{', '.join(receivers)} receives webhooks and holds no LLM secret; "
        f"{', '.join(workers)} does; between them {', '.join(queues)} (noeviction, persistent)"
    )
