"""Asks the user's own service once, as a visitor would, and notes what happened and when.

A service that does not answer is data, not an error. Redirects are noted and never followed, no
proxy of the environment is used, credentials go to the URL's own host by https and nowhere else.
Nothing here judges an answer (`checks/` does) or asks twice.

    location.py    URL -> what to ask, and where
    address.py     name -> addresses, vetted
    connection.py  address -> socket, secured
    exchange.py    socket -> answer, capped
    failure.py     what went wrong -> one word
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from ssl import SSLCertVerificationError, SSLContext
from typing import Any

from keepwell.clients.prober.address import (
    ForbiddenAddress,
    Lookup,
    Pins,
    find_addresses,
    look_up,
    vet,
)
from keepwell.clients.prober.connection import (
    connect,
    refused_certificate,
    secure,
    shown_certificate,
    trust,
)
from keepwell.clients.prober.deadline import Deadline
from keepwell.clients.prober.exchange import DeadlineStream, exchange
from keepwell.clients.prober.failure import FAILURES, no_answer
from keepwell.clients.prober.location import Endpoint, Location, parse_location
from keepwell.clock import Clock
from keepwell.model.probe import Phases, Probe, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """Takes samples. One is enough for a process, and safe to share between threads.

    `resolve` maps "HOST" or "HOST:PORT" to "ADDRESS" or "ADDRESS:PORT", as curl's --resolve does;
    such an address is the user's explicit word and is not vetted. `ca_file` is trusted instead of
    the system's authorities. `allow_private` lets probes reach addresses that are not public.

    Only `taken_at` comes from `clock`: sockets wait on the machine's clock, so phases and timeouts
    are measured on that, whatever `clock` says.
    """

    clock: Clock
    resolve: Mapping[str, str] = field(default_factory=dict)
    ca_file: Path | None = None
    allow_private: bool = False
    lookup: Lookup = look_up
    _pins: Pins = field(init=False, repr=False)
    _trust: SSLContext = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Not at the first probe, where every thread would load the authorities for itself.
        object.__setattr__(self, "_pins", Pins.parse(self.resolve))
        object.__setattr__(self, "_trust", trust(self.ca_file))

    def take(self, probe: Probe) -> Sample:
        """Asks once; `probe.timeout_s` covers everything from the name to the last byte.

        Raises:
            UsageError: the URL or a header of the probe cannot be sent as it is.
        """
        location, taken_at, notes = parse_location(probe.url), self.clock.now(), _Notes()
        try:
            self._ask(probe, location=location, notes=notes)
        except FAILURES as error:
            notes.facts["error"] = no_answer(error)
            if isinstance(error, ForbiddenAddress):
                notes.facts["address"] = error.address
        phases = Phases(**notes.phases_ms)
        return Sample(probe=probe, taken_at=taken_at, phases=phases, **notes.facts)

    def _ask(self, probe: Probe, *, location: Location, notes: "_Notes") -> None:
        deadline = Deadline(probe.timeout_s)
        endpoints = self._find(location, deadline=deadline, notes=notes)
        notes.facts["address"] = endpoints[-1].address
        with notes.timed("connect_ms"):
            sock, notes.facts["address"] = connect(endpoints, deadline=deadline)
        with sock, self._secured(sock, location=location, deadline=deadline, notes=notes) as ready:
            stream = DeadlineStream(ready, deadline=deadline)
            with notes.timed_answer(stream):
                answer = exchange(stream, probe=probe, location=location)
        notes.facts.update(
            status_code=answer.status_code,
            headers=answer.headers,
            body=answer.body,
            is_truncated=answer.is_truncated,
        )

    def _find(
        self, location: Location, *, deadline: Deadline, notes: "_Notes"
    ) -> Sequence[Endpoint]:
        if pinned := self._pins.find(location):
            return [pinned]
        with notes.timed("dns_ms"):
            addresses = find_addresses(location, lookup=self.lookup, deadline=deadline)
        if not self.allow_private:
            vet(addresses)
        return [Endpoint(address=address, port=location.port) for address in addresses]

    def _secured(
        self, sock: socket, *, location: Location, deadline: Deadline, notes: "_Notes"
    ) -> socket:
        if not location.is_tls:
            return sock
        try:
            with notes.timed("tls_ms"):
                secured = secure(sock, context=self._trust, host=location.host, deadline=deadline)
        except SSLCertVerificationError as error:
            notes.facts["certificate"] = refused_certificate(error)
            raise
        notes.facts["tls_version"] = secured.version()
        notes.facts["certificate"] = shown_certificate(secured)
        return secured


class _Notes:
    """What is known so far; a probe that fails half-way keeps it."""

    def __init__(self) -> None:
        self.phases_ms: dict[str, float] = {}
        self.facts: dict[str, Any] = {}

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Notes how long the phase took, if it ends well."""
        started_s = time.perf_counter()
        yield
        self.phases_ms[phase] = (time.perf_counter() - started_s) * 1000

    @contextmanager
    def timed_answer(self, stream: DeadlineStream) -> Iterator[None]:
        """Notes when the first byte came, even if the last one does not."""
        started_s = time.perf_counter()
        try:
            yield
        finally:
            if (first_s := stream.first_byte_at_s) is not None:
                self.phases_ms["ttfb_ms"] = (first_s - started_s) * 1000
        if first_s is not None:
            self.phases_ms["transfer_ms"] = (time.perf_counter() - first_s) * 1000
