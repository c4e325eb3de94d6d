"""How long a dependency that refused the password is left alone.

Asking again at the rate of probes gets an address banned and keeps Supavisor's breaker open, for
every instance behind the same address. Source:
https://supabase.com/docs/guides/troubleshooting (read 2026-11; its breaker lasts up to two minutes
and is prolonged by every attempt).
"""

from keepwell.health.clock import Clock
from keepwell.health.reading import ErrorClass, Reading

FIRST_S = 60.0
LONGEST_S = 600.0


class Backoff:
    """Remembers one check's refusals; the pause doubles with each, and ends with a pass."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._pause_s = FIRST_S
        self._until_s = 0.0
        self._refusal: Reading | None = None

    def standing(self) -> Reading | None:
        """The refusal that still counts, with its own time; None where it may be asked again."""
        return self._refusal if self._clock.monotonic_s() < self._until_s else None

    def note(self, reading: Reading) -> None:
        """Takes in a reading that was just made."""
        if reading.error is not ErrorClass.AUTH:
            if reading.error is None:
                self._pause_s, self._refusal = FIRST_S, None
            return
        self._refusal = reading
        self._until_s = self._clock.monotonic_s() + self._pause_s
        self._pause_s = min(LONGEST_S, self._pause_s * 2)
