"""One deadline for a whole probe. A server that sends a byte now and then wins no time by it."""

import time


class Deadline:
    """A moment on the machine's clock, `timeout_s` from now."""

    def __init__(self, timeout_s: float) -> None:
        self._ends_at_s = time.perf_counter() + timeout_s

    def remaining_s(self) -> float:
        """What is left, above nought.

        Raises:
            TimeoutError: nothing is.
        """
        remaining = self._ends_at_s - time.perf_counter()
        if remaining <= 0:
            raise TimeoutError("the deadline has passed")
        return remaining
