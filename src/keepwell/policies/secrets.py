"""Secrets by name, never by value. No message shows a value; the words for them are in `_leaky`."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from keepwell.model.stack import Stack
from keepwell.model.stack.compute import EnvVar
from keepwell.model.verdict import Finding
from keepwell.policies._leaky import looks_random, shape_of_secret, sounds_secret
from keepwell.policies._rule import Rule

RULE = Rule(name="secrets", see="https://render.com/docs/configure-environment-variables")


class Secrets:
    """Secrets stand in the stack by name only, declared once, and each is used."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """A value in the file is in the history of the repository for good.

        Values are judged by their shape (prefixes of known tokens, keys, URLs with a password)
        wherever they stand; variables also by their name and by how random they look. The value
        itself is never printed.
        """
        uses = list(_uses(stack))
        found = [*_literals(stack), *_undeclared(stack, uses), *_unused(stack, uses)]
        return found or [
            RULE.passes(
                f"{len(stack.secrets)} secrets by name, each declared and used", path="secrets"
            )
        ]


def _literals(stack: Stack) -> Iterator[Finding]:
    for path, text in _texts(stack.model_dump(mode="json", exclude_unset=True)):
        shape = shape_of_secret(text)
        if shape is not None:
            yield _literal(path, shape)
    for path, name, variable in _variables(stack):
        value = "" if variable.value is None else str(variable.value)
        if not value or shape_of_secret(value) is not None:
            continue
        if sounds_secret(name):
            yield _literal(path, "a value under the name of a secret")
        elif looks_random(value):
            yield _literal(path, "a long random value")


def _literal(path: str, shape: str) -> Finding:
    return RULE.fails(
        f"{shape} stands in the file",
        path=path,
        why="it is in the history of the repository, and in every clone, for good",
        hint="Revoke it, declare a name under `secrets`, and write `{ secret: NAME }`",
    )


def _texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a tree of mappings and lists, with its dotted path."""
    if isinstance(node, str):
        yield path.removesuffix(".value"), node
    elif isinstance(node, dict | list):
        entries = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in entries:
            yield from _texts(value, f"{path}.{key}" if path else str(key))


def _variables(stack: Stack) -> Iterator[tuple[str, str, EnvVar]]:
    """(path, name, variable) of every variable, each where it is declared."""
    for key, service in stack.render.services.items():
        for name, variable in service.env.items():
            yield f"render.services.{key}.env.{name}", name, variable
    for key, group in stack.render.env_groups.items():
        for name, variable in group.items():
            yield f"render.env_groups.{key}.{name}", name, variable


def _uses(stack: Stack) -> Iterator[tuple[str, str]]:
    """(path, secret) of every reference to a secret."""
    for path, _, variable in _variables(stack):
        if variable.secret is not None:
            yield path, variable.secret
    yield from _uses_of_backend(stack)
    yield from _uses_of_probes(stack)


def _uses_of_backend(stack: Stack) -> Iterator[tuple[str, str]]:
    for key, function in stack.supabase.functions.items():
        for index, name in enumerate(function.secrets):
            yield f"supabase.functions.{key}.secrets.{index}", name
    vault = stack.supabase.vault
    for index, name in enumerate(vault.secrets if vault is not None else ()):
        yield f"supabase.vault.secrets.{index}", name


def _uses_of_probes(stack: Stack) -> Iterator[tuple[str, str]]:
    for index, machine in enumerate(stack.cloudflare.machine_paths):
        if machine.sender.secret is not None:
            yield f"cloudflare.machine_paths.{index}.sender.secret", machine.sender.secret
    for key, target in stack.keep_alive.targets.items():
        if target.bearer is not None:
            yield f"keep_alive.targets.{key}.bearer", target.bearer
        for header, name in target.headers.items():
            yield f"keep_alive.targets.{key}.headers.{header}", name


def _undeclared(stack: Stack, uses: list[tuple[str, str]]) -> Iterator[Finding]:
    for path, name in uses:
        if name not in stack.secrets:
            nearest = get_close_matches(name, stack.secrets, n=1)
            yield RULE.fails(
                f"{name} is not declared",
                path=path,
                why="nobody knows what it is for, nor that a value has to be set",
                hint=f"Write {nearest[0]}, or declare it" if nearest else "Declare it in `secrets`",
            )


def _unused(stack: Stack, uses: list[tuple[str, str]]) -> Iterator[Finding]:
    used = {name for _, name in uses}
    for name in stack.secrets:
        if name not in used:
            yield RULE.warns(
                f"{name} is declared and used nowhere",
                path=f"secrets.{name}",
                why="a secret that nobody needs can still be stolen",
                hint="Remove it here and at the vendors",
            )
