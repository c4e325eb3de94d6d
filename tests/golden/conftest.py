import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def official() -> Callable[[str], Any]:
    """Reads an official description from the folder that KEEPWELL_SCHEMAS names."""
    folder = os.environ.get("KEEPWELL_SCHEMAS")
    if not folder:
        pytest.skip("contract: not run (KEEPWELL_SCHEMAS names no folder)")
    return lambda name: json.loads((Path(folder) / name).read_text())
