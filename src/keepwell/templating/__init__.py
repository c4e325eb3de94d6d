"""Stack and templates to documents: the only Jinja, and the only text that vendors get to read.

It judges nothing (policies do) and writes nothing (`store.documents` does). The same stack and
templates give the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from keepwell.model.document import Document
from keepwell.model.stack import Stack
from keepwell.templating.bytecode import bytecode_folder
from keepwell.templating.engine import Engine
from keepwell.templating.folders import find_templates
from keepwell.templating.layout import lay_out

__all__ = ["FOLDERS", "MARKER", "find_templates", "generate"]

MARKER = "Made by keepwell generate"
"""Stands in the head of each document: what holds it was made by keepwell, and only that."""

_COMMENT = {".yaml": "# ", ".toml": "# ", ".sql": "-- "}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    """A document and its template; `{zone}` in the path stands for the zone's name."""

    path: str
    template: str
    applies: Callable[[Stack], bool] = lambda _: True


_RECIPES = (
    _Recipe(path="render.yaml", template="render/render.yaml.j2"),
    _Recipe(path="cloudflare/settings.json", template="cloudflare/settings.json.j2"),
    _Recipe(path="cloudflare/firewall.json", template="cloudflare/firewall.json.j2"),
    _Recipe(path="cloudflare/rate_limits.json", template="cloudflare/rate_limits.json.j2"),
    _Recipe(path="cloudflare/redirects.json", template="cloudflare/redirects.json.j2"),
    _Recipe(path="cloudflare/bots.json", template="cloudflare/bots.json.j2"),
    _Recipe(path="cloudflare/dns/{zone}.yaml", template="cloudflare/dns.yaml.j2"),
    _Recipe(path="supabase/config.toml", template="supabase/config.toml.j2"),
    _Recipe(
        path="supabase/vault.sql",
        template="supabase/vault.sql.j2",
        applies=lambda stack: stack.supabase.vault is not None,
    ),
    _Recipe(
        path="cron-job-org/jobs.json",
        template="cron-job-org/jobs.json.j2",
        applies=lambda stack: stack.keep_alive.cron_job_org is not None,
    ),
)

FOLDERS = tuple(sorted({recipe.path.rpartition("/")[0] for recipe in _RECIPES}))
"""Every folder that documents may stand in, relative to the output folder ("" is that itself)."""


def generate(stack: Stack, *, overrides: Path | None = None) -> tuple[Document, ...]:
    """The documents of a stack, in the order of their paths.

    Args:
        stack: one environment of a stack.
        overrides: a folder with templates that replace ours of the same relative path.

    Raises:
        UsageError: `overrides` holds a file that replaces nothing, or is no folder.
        StackError: a template failed; the problem says where.
    """
    engine = Engine(find_templates(), overrides=overrides) if overrides else _ours()
    documents = (_document(recipe, stack, engine) for recipe in _RECIPES if recipe.applies(stack))
    return tuple(sorted(documents, key=lambda document: document.path))


@cache
def _ours() -> Engine:
    """Kept, because compiling a template takes longer than to fill it."""
    return Engine(find_templates(), compiled=bytecode_folder())


def _document(recipe: _Recipe, stack: Stack, engine: Engine) -> Document:
    text = engine.fill(recipe.template, stack=stack)
    origin = f"{MARKER} from the stack {stack.name} ({stack.environment})"
    header = f"{origin} by the template {recipe.template}: change those, not this file."
    path = recipe.path.format(zone=stack.cloudflare.zone)
    if path.endswith(".json"):
        # JSON has no comments: `_generated` is one, and whoever applies the document skips it.
        content = engine.parse_json(recipe.template, text) | {"_generated": header}
        return Document(path=path, text=lay_out({"_generated": header} | content))
    return Document(
        path=path, text=_COMMENT[Path(path).suffix] + header + "\n" + text.strip("\n") + "\n"
    )
