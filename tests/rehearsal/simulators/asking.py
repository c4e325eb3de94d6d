"""Asks a stand-in over a real socket, as nobody's client in particular."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from keepwell.rehearsal.simulators.base import serve


@contextmanager
def asking(simulator: Any) -> Iterator[httpx.Client]:
    """A client with the simulator's own token."""
    headers = {"authorization": f"Bearer {simulator.desk.token}"}
    with (
        serve(simulator.app) as url,
        httpx.Client(base_url=url, headers=headers, timeout=5, trust_env=False) as client,
    ):
        yield client
