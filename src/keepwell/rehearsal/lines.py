"""A text stream that hands on every line that is written to it."""

import io
from collections.abc import Callable

Tell = Callable[[str], None]
"""Shows one line to whoever watches."""


class Lines(io.StringIO):
    """Keeps nothing of its own."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell

    def write(self, text: str) -> int:
        """Hands on the lines of the text."""
        for line in text.splitlines():
            self._tell(line)
        return len(text)
