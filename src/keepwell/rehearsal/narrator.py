"""Tells on stderr what happens on the stage, while it happens; in colour only on a terminal."""

from keepwell.clock import SystemClock
from keepwell.commands.wiring import World
from keepwell.rehearsal.scenario import Step
from keepwell.reports.escaping import one_line

_BOLD, _DIM, _GREEN, _RED = "1", "2", "32", "31"


class Narrator:
    """Each line carries the seconds since the narrator was made."""

    def __init__(self, world: World) -> None:
        self._console = world.console
        self._has_colour = world.console.err.isatty() and not world.environ.get("NO_COLOR")
        self._clock = SystemClock()
        self._began_s = self._clock.monotonic_s()

    @property
    def passed_s(self) -> float:
        """Seconds since the narrator was made."""
        return self._clock.monotonic_s() - self._began_s

    def title(self, text: str) -> None:
        """What begins now."""
        self._console.progress("")
        self._tell(text, style=_BOLD)

    def line(self, text: str) -> None:
        """What somebody said."""
        self._tell(f"  {text}", style=_DIM)

    def step(self, step: Step) -> None:
        """What a step has shown, against what it had to show."""
        if step.agrees:
            self._tell(f"  ✔ {step.observed}", style=_GREEN)
            return
        self._tell(f"  ✘ {step.observed or 'nothing'}", style=_RED)
        self._tell(f"    expected {step.expected or 'nothing'}", style=_RED)

    def _tell(self, text: str, *, style: str) -> None:
        text = one_line(text)
        styled = f"\x1b[{style}m{text}\x1b[0m" if self._has_colour else text
        self._console.progress(f"{self.passed_s:5.1f} s  {styled}")
