"""What keepwell said: the exit code and the JSON report of one command, and one line of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """`troubles` are the messages of what was worst, empty where all passed."""

    command: str
    exit_code: int
    status: str
    conclusion: str
    troubles: Sequence[str]
    outputs: Mapping[str, str]

    @property
    def line(self) -> str:
        """Its conclusion and its troubles, on one line."""
        more = [each for each in dict.fromkeys(self.troubles) if each not in self.conclusion]
        troubles = f" ({'; '.join(more)})" if more else ""
        return f"keepwell {self.command}: {self.status.upper()}, {self.conclusion}{troubles}"

    def blames(self, components: Sequence[str]) -> str:
        """The components that its troubles name, in brackets; nothing where they name none."""
        named = [name for name in components if any(name in each for each in self.troubles)]
        return f" ({', '.join(named)})" if named else ""


def heard(report: dict[str, Any], *, exit_code: int) -> Heard:
    """From the JSON report of a command (`reports/as_json.py`)."""
    findings = [found for verdict in report["verdicts"] for found in verdict["findings"]]
    return Heard(
        command=report["command"],
        exit_code=exit_code,
        status=report["status"],
        conclusion=report["conclusion"],
        troubles=[
            found["message"] for found in findings if found["status"] == report["status"] != "pass"
        ],
        outputs=report["outputs"],
    )
