from pathlib import Path

import pytest

from tests.contracts.descriptions import schemas_folder


@pytest.fixture(scope="session")
def schemas() -> Path:
    """The folder with the vendors' own descriptions."""
    folder = schemas_folder()
    if folder is None:
        pytest.skip("contract: not run (KEEPWELL_SCHEMAS names no folder)")
    return folder
