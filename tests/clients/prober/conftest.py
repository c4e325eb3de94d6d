from pathlib import Path

import pytest

from tests.clients.servers import write_authority


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority of the servers, as a file to be trusted."""
    return write_authority(tmp_path_factory.mktemp("ca"))
