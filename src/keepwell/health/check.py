"""What a check is, and the classes of failure that every network client shares."""

import errno
import ssl
from collections.abc import Iterator
from typing import Protocol

from keepwell.health.reading import ErrorClass

_REFUSED = f"[Errno {errno.ECONNREFUSED}]"
_CLASSES: tuple[tuple[type[BaseException], ErrorClass], ...] = (
    (TimeoutError, ErrorClass.TIMEOUT),
    (ConnectionRefusedError, ErrorClass.REFUSED),
    (ssl.SSLError, ErrorClass.TLS),
    (OSError, ErrorClass.UNREACHABLE),  # the base of those above, so it comes last
)


class Check(Protocol):
    """One dependency that must answer before /health says 200.

    `name` names the component and holds no colon; `component_type` is the draft's (`datastore`,
    `component`, `system`).
    """

    @property
    def name(self) -> str:
        """The component in the document."""
        ...

    @property
    def component_type(self) -> str:
        """What kind of component it is."""
        ...

    async def round_trip_ms(self) -> float:
        """Asks the dependency once; may be cancelled at its deadline, and raises when it fails."""
        ...

    def classify(self, error: Exception) -> ErrorClass:
        """The class of what `round_trip_ms` raised."""
        ...

    async def close(self) -> None:
        """Gives back what it holds open."""
        ...


class RoundTripError(Exception):
    """The dependency answered, but not what a working one answers."""

    def __init__(self, error_class: ErrorClass) -> None:
        super().__init__(error_class)
        self.error_class = error_class


def classify(error: BaseException) -> ErrorClass:
    """The class of an error that any network client may raise, or wrap in one of its own."""
    for link in causes(error):
        if isinstance(link, RoundTripError):
            return link.error_class
        # A name with several addresses: asyncio joins the texts and drops the types.
        if isinstance(link, OSError) and link.errno is None and _REFUSED in str(link):
            return ErrorClass.REFUSED
        for kind, error_class in _CLASSES:
            if isinstance(link, kind):
                return error_class
    return ErrorClass.ERROR


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
