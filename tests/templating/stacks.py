"""Small stacks for tests: the smallest valid one, changed where a test says so."""

from pathlib import Path
from typing import Any

import yaml

from keepwell.model.stack import Stack

SMALLEST = Path(__file__).parents[1] / "golden" / "minimal" / "stack.yaml"


def small_stack(**changes: Any) -> Stack:
    """The smallest stack with these changes; mappings are merged, everything else is replaced."""
    return Stack.model_validate(_merged(yaml.safe_load(SMALLEST.read_text()), changes))


def _merged(base: Any, over: Any) -> Any:
    if isinstance(base, dict) and isinstance(over, dict):
        return base | {key: _merged(base.get(key), value) for key, value in over.items()}
    return over
