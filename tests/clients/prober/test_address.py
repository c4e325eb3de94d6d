import pytest

from keepwell.clients.prober.address import ForbiddenAddress, Pins, is_public, vet
from keepwell.clients.prober.location import Endpoint, parse_location
from keepwell.errors import UsageError

PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "168.63.129.15",
    "2606:4700:4700::1111",
    "2a00:1450::1",
    "64:ff9b::101:101",
    "2002:101:101::1",
    "::ffff:1.1.1.1",
]
NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_every_other_address_is_not_whatever_it_is_wrapped_in(address: str) -> None:
    assert not is_public(address)


def test_the_first_that_is_not_public_is_named() -> None:
    vet(PUBLIC)
    with pytest.raises(ForbiddenAddress) as caught:
        vet(["1.1.1.1", "10.0.0.1", "127.0.0.1"])
    assert caught.value.address == "10.0.0.1"


@pytest.mark.parametrize(
    ("resolve", "endpoint"),
    [
        ({}, None),
        ({"b.example": "127.0.0.1"}, None),
        ({"A.example": "127.0.0.1"}, ("127.0.0.1", 443)),
        ({"a.example": "127.0.0.1:8443"}, ("127.0.0.1", 8443)),
        ({"a.example": "::1"}, ("::1", 443)),
        ({"a.example": "[::1]:8443"}, ("::1", 8443)),
        ({"a.example:80": "127.0.0.1"}, None),
        ({"a.example": "127.0.0.1", "a.example:443": "127.0.0.2:1"}, ("127.0.0.2", 1)),
    ],
)
def test_a_pin_says_where_a_host_is(
    resolve: dict[str, str], endpoint: tuple[str, int] | None
) -> None:
    wanted = endpoint and Endpoint(address=endpoint[0], port=endpoint[1])
    assert Pins.parse(resolve).find(parse_location("https://a.example/")) == wanted


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("a.example", "localhost"),
        ("a.example", "127.0.0.1:"),
        ("a.example", "127.0.0.1:0"),
        ("a.example", "127.0.0.1:65536"),
        ("a.example", "127.0.0.1:x"),
        ("a.example", "[::1"),
        ("a.example", ""),
        ("a.example:x", "127.0.0.1"),
    ],
)
def test_a_pin_that_is_no_address_is_refused(host: str, address: str) -> None:
    with pytest.raises(UsageError, match="--resolve"):
        Pins.parse({host: address})
