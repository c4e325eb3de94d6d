"""The neutral check, against real listeners on loopback."""

import socket
from collections.abc import Iterator

import pytest

from keepwell.clients.neutral import _address, reaches_any
from keepwell.errors import UsageError

CLOSED = "127.0.0.1:1"


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_one_that_answers_is_enough(port: int) -> None:
    assert reaches_any([CLOSED, f"127.0.0.1:{port}"], resolve={})


@pytest.mark.parametrize("hosts", [[], [CLOSED], [CLOSED, CLOSED]])
def test_none_that_answers_is_offline(hosts: list[str]) -> None:
    assert not reaches_any(hosts, resolve={})


def test_a_host_is_looked_for_where_resolve_says(port: int) -> None:
    assert reaches_any(["192.0.2.1:443"], resolve={"192.0.2.1": f"127.0.0.1:{port}"})
    assert reaches_any([f"192.0.2.1:{port}"], resolve={"192.0.2.1": "127.0.0.1"})
    assert not reaches_any(["192.0.2.1"], resolve={"192.0.2.1": CLOSED})


@pytest.mark.parametrize(
    ("text", "resolve", "expected"),
    [
        ("1.1.1.1:53", {}, ("1.1.1.1", 53)),
        ("1.1.1.1", {}, ("1.1.1.1", 443)),
        ("[2606:4700::1111]:53", {}, ("2606:4700::1111", 53)),
        ("2606:4700::1111", {}, ("2606:4700::1111", 443)),
        ("1.1.1.1:53", {"1.1.1.1": "::1"}, ("::1", 53)),
        ("1.1.1.1:53", {"1.1.1.1": "[::1]:8443"}, ("::1", 8443)),
    ],
)
def test_an_ipv6_address_needs_brackets_only_with_a_port(
    text: str, resolve: dict[str, str], expected: tuple[str, int]
) -> None:
    assert _address(text, resolve=resolve) == expected


def test_a_port_that_is_no_number_is_refused_with_an_example() -> None:
    with pytest.raises(UsageError, match="is not HOST:PORT") as error:
        reaches_any(["192.0.2.1:https"], resolve={})
    assert "1.1.1.1:443" in error.value.hint
