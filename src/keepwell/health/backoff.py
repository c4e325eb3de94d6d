"""How long a dependency that refused the password is left alone.

Asking again at the rate of probes gets an address banned, and keeps open the breaker of Supavisor
(Supabase's pooler), which turns away every instance behind the same address for up to two minutes
and counts each attempt anew. It says ECIRCUITBREAKER then, not which password was wrong.

Source: https://github.com/orgs/supabase/discussions/45688 and
https://github.com/orgs/supabase/discussions/50257 (read 2026-11)
"""

from keepwell.health.clock import Clock
from keepwell.health.reading import ErrorClass, Reading

FIRST_S = 60.0
LONGEST_S = 600.0
_REFUSALS = frozenset({ErrorClass.AUTH, ErrorClass.BREAKER})


class Backoff:
    """Remembers one check's refusals; the pause doubles with each, and ends with a pass.

    After a refusal any other failure counts as one: a breaker that is open answers as it likes.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._pause_s = FIRST_S
        self._until_s = 0.0
        self._refusal: Reading | None = None

    def standing(self) -> Reading | None:
        """The failure that still counts, with its own time; None where it may be asked again."""
        return self._refusal if self._clock.monotonic_s() < self._until_s else None

    def note(self, reading: Reading) -> None:
        """Takes in a reading that was just made."""
        if reading.error is None:
            self._pause_s, self._refusal = FIRST_S, None
        elif reading.error in _REFUSALS or self._refusal is not None:
            self._refusal = reading
            self._until_s = self._clock.monotonic_s() + self._pause_s
            self._pause_s = min(LONGEST_S, self._pause_s * 2)
