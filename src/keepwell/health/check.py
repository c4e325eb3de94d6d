"""What a check is, and the classes of failure that every network client shares."""

import errno
import ssl
from abc import ABC, abstractmethod
from collections.abc import Iterator

from keepwell.health.reading import Criticality, ErrorClass, Scope

_REFUSED = f"[Errno {errno.ECONNREFUSED}]"
_CLASSES: tuple[tuple[type[BaseException], ErrorClass], ...] = (
    (TimeoutError, ErrorClass.TIMEOUT),
    (ConnectionRefusedError, ErrorClass.REFUSED),
    (ssl.SSLError, ErrorClass.TLS),
    (OSError, ErrorClass.UNREACHABLE),  # the base of those above, so it comes last
)


class Check(ABC):
    """One thing that must be well before /health says 200.

    `name` names the component and holds no colon; `component_type` is the draft's (`datastore`,
    `component`, `system`). `criticality` says whether a failure fails the whole or only warns,
    `scope` whether it concerns all instances (a dependency) or this one.
    """

    component_type = "component"

    def __init__(
        self,
        name: str,
        *,
        criticality: Criticality = Criticality.FAIL,
        scope: Scope = Scope.SHARED,
    ) -> None:
        self.name = name
        self.criticality = criticality
        self.scope = scope

    @abstractmethod
    async def round_trip_ms(self) -> float:
        """Asks once; may be cancelled at its deadline, and raises when it fails."""

    def classify(self, error: Exception) -> ErrorClass:
        """The class of what `round_trip_ms` raised."""
        return classify(error)

    async def close(self) -> None:  # noqa: B027 - most hold nothing
        """Gives back what it holds open."""


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
