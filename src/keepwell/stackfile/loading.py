"""From a path to a Stack: every environment of the file is checked, one is returned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from keepwell.model.stack import Stack
from keepwell.model.verdict import Place
from keepwell.stackfile.composing import compose
from keepwell.stackfile.nodes import MapNode, places
from keepwell.stackfile.overlay import lay, split
from keepwell.stackfile.problems import MANY, validate
from keepwell.stackfile.reading import read_text
from keepwell.stackfile.wording import HOW_TO_BEGIN, problem_at, stack_error


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedStack:
    """One environment of a stack file, and where each of its nodes stands."""

    stack: Stack
    file: str
    places: Mapping[str, Place] = field(repr=False)

    def place(self, path: str) -> Place | None:
        """The place of the node, or of its nearest ancestor in the file.

        `path` is dotted ("render.services.api.scaling.max"), items of lists are numbers
        ("cloudflare.dns.0.name"). None where not even the first part stands in the file.
        """
        while path not in self.places:
            path, dot, _ = path.rpartition(".")
            if not dot:
                return None
        return self.places[path]


def load(path: Path, *, environment: str | None = None) -> LoadedStack:
    """The stack of one environment (production where none is named).

    All environments are checked, so that a mistake in an overlay shows before it is deployed.

    Raises:
        StackError: the file cannot be read, is not YAML, or is wrong; holds every problem.
    """
    file = str(path)
    composed = compose(read_text(path), file=file)
    if not isinstance(composed.root, MapNode):
        message = "a stack file is a mapping at its top"
        raise stack_error(file, [problem_at(composed.root.place, message, hint=HOW_TO_BEGIN)])
    environments, problems = split(composed.root, file=file)
    chosen = environments.choose(environment)
    problems += composed.problems
    checked = {}
    for name in dict.fromkeys([chosen, *environments.overlays]):
        tree, wrong_overlay = lay(environments, name)
        stack, wrong_values = validate(tree)
        problems += [*wrong_overlay, *wrong_values]
        checked[name] = (stack, tree)
        if len(problems) >= MANY:
            break
    stack, tree = checked[chosen]
    if problems or stack is None:
        raise stack_error(file, problems)
    return LoadedStack(stack=stack, file=file, places=places(tree))
