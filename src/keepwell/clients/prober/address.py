"""Names to addresses, and which addresses a probe may go to.

The addresses that were vetted are the ones that are connected to: a name that changes its mind in
between (DNS rebinding) gains nothing. Whoever can edit a stack file in a pull request could
otherwise point a probe at the metadata service of the machine that runs it.
"""

import re
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from keepwell.clients.prober.deadline import Deadline
from keepwell.clients.prober.location import Endpoint, Location
from keepwell.errors import UsageError

Lookup = Callable[[str, int], Sequence[str]]
"""(host, port) to numeric addresses, in the order to try them; raises OSError where it fails."""

_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's platform, reachable from every machine there
        "169.254.0.0/16",  # link-local, metadata services included
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # protocol assignments, Teredo included
        "2001:db8::/32",
        "3fff::/20",
    )
)
"""Listed here because what `ipaddress` calls global differs between versions of Python.

Sources: https://www.iana.org/assignments/iana-ipv4-special-registry/,
https://www.iana.org/assignments/iana-ipv6-special-registry/ and
https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 (read 2026-11).
"""

_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_PIN = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[^:\[\]]+))(?::(?P<port>\d{1,5}))?")


class ForbiddenAddress(OSError):  # noqa: N818 - a decision, not a fault
    """A name led to an address that is not public; `address` is the first such."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} is not a public address")
        self.address = address


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """Addresses that the user named by --resolve: ("host", port or None) to an address and port."""

    endpoints: Mapping[tuple[str, int | None], tuple[str, int | None]]

    @classmethod
    def parse(cls, resolve: Mapping[str, str]) -> "Pins":
        """Reads "HOST" or "HOST:PORT" to "ADDRESS" or "ADDRESS:PORT".

        Raises:
            UsageError: an address is not numeric, or a port is none.
        """
        return cls(endpoints=dict(_pin(host, address) for host, address in resolve.items()))

    def find(self, location: Location) -> Endpoint | None:
        """Where the user wants this location to be; None where nothing was said."""
        for port in (location.port, None):
            if pinned := self.endpoints.get((location.host, port)):
                return Endpoint(address=pinned[0], port=pinned[1] or location.port)
        return None


def find_addresses(location: Location, *, lookup: Lookup, deadline: Deadline) -> Sequence[str]:
    """Every address of the location's host, in the order to try them, at least one.

    Raises:
        OSError: the name does not resolve.
        TimeoutError: it did not in time.
    """
    # getaddrinfo knows no timeout: a thread that nobody waits for any more may take its time.
    answer: Future[Sequence[str]] = Future()

    def ask() -> None:
        try:
            answer.set_result(lookup(location.host, location.port))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            answer.set_exception(error)

    threading.Thread(target=ask, name=f"lookup {location.host}", daemon=True).start()
    addresses = answer.result(timeout=deadline.remaining_s())
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    return addresses


def vet(addresses: Sequence[str]) -> None:
    """Lets addresses pass that are all public: one of several that is not refuses the name.

    Raises:
        ForbiddenAddress: one is not.
    """
    for address in addresses:
        if not is_public(address):
            raise ForbiddenAddress(address)


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, whatever it is wrapped in."""
    ip = _unwrapped(ip_address(address.partition("%")[0]))
    if ip.version == 6 and ip not in _UNICAST:
        return False
    return not any(ip in network for network in _NOT_PUBLIC)


def look_up(host: str, port: int) -> Sequence[str]:
    """Asks the machine's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside a mapped, 6to4 or NAT64 one: that is where packets end up."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour or ip


def _pin(host: str, address: str) -> tuple[tuple[str, int | None], tuple[str, int | None]]:
    name, _, port = host.lower().partition(":")
    parts = _PIN.fullmatch(address) or _PIN.fullmatch(f"[{address}]")  # IPv6 needs no brackets
    try:
        numeric = str(ip_address((parts["six"] or parts["four"]) if parts else address))
        return (name, _port(port)), (numeric, _port(parts["port"] if parts else None))
    except ValueError as error:
        raise UsageError(
            f"--resolve: {address!r} for {host!r} is not ADDRESS or ADDRESS:PORT",
            hint="name a numeric address, as in api.example.com=127.0.0.1:8443",
        ) from error


def _port(text: str | None) -> int | None:
    if not text:
        return None
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError(text)
    return port
