import json
import os
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    """Render's official schema of the Blueprint, where KEEPWELL_SCHEMAS says it is."""
    folder = os.environ.get("KEEPWELL_SCHEMAS")
    if not folder:
        pytest.skip("contract: not run (KEEPWELL_SCHEMAS names no folder)")
    loaded: dict[str, Any] = json.loads((Path(folder) / "render.yaml.schema.json").read_text())
    return loaded
