import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def official(schemas: Path) -> Callable[[str], Any]:
    """Reads one of the vendors' own descriptions."""
    return lambda name: json.loads((schemas / name).read_text())
