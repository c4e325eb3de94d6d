"""Small stacks for the tables: the real stack.yaml with a few edits by dotted path."""

import copy
from pathlib import Path
from typing import Any

import yaml

from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding, Status
from keepwell.policies import StackPolicy

DECLARED = yaml.safe_load((Path(__file__).parents[2] / "stack.yaml").read_text())
DECLARED.pop("environments")

REMOVED = object()
"""As the value of an edit: the node goes."""

Edits = dict[str, Any]


def stack(edits: Edits | None = None) -> Stack:
    """The stack of LiveStreamSell AI, edited: {"render.services.api.scaling.min": 2}."""
    declared = copy.deepcopy(DECLARED)
    for path, value in (edits or {}).items():
        *parents, last = path.split(".")
        node: Any = declared
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node.setdefault(parent, {})
        key = int(last) if isinstance(node, list) else last
        if value is REMOVED:
            del node[key]
        elif isinstance(node, list) and key == len(node):
            node.append(value)
        else:
            node[key] = value
    return Stack.model_validate(declared)


def judged(policy: StackPolicy, edits: Edits | None = None) -> list[tuple[Status, str]]:
    """What the policy says about the edited stack: (status, path) of each finding."""
    return [(finding.status, finding.path) for finding in findings(policy, edits)]


def findings(policy: StackPolicy, edits: Edits | None = None) -> list[Finding]:
    """The findings about the edited stack."""
    return list(policy.on_stack(stack(edits)))
