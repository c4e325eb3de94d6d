"""The services of the stack, run on this machine as the stack declares them.

Docker is left out: a service's command starts with this Python, on loopback, on a free port. Its
variables are the declared ones; only where they point is of this machine.
"""

import itertools
import secrets
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from keepwell.errors import UsageError
from keepwell.model.stack import Stack
from keepwell.model.stack.compute import EnvVar
from keepwell.rehearsal.process import Program, answers, running
from keepwell.rehearsal.servers.server import LOOPBACK, free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """How to run services: `checkout` is their folder, the rest is what their variables hold.

    `secret_values` maps the names of secrets, `key_values` those of Key Values to their URLs.
    """

    stack: Stack
    checkout: Path
    secret_values: Mapping[str, str] = field(repr=False)
    key_values: Mapping[str, str]

    @contextmanager
    def web(self, service: str, *, revision: str) -> Iterator[int]:
        """Runs a web service until the block ends; gives its port once its health check answers."""
        port = free_port()
        path = self.stack.render.services[service].health_check_path or "/"
        program = self._program(service, port=port, beside={"RENDER_GIT_COMMIT": revision})
        with running(program, is_ready=lambda: answers(port, path=path)):
            yield port

    @contextmanager
    def worker(self, service: str, *, beside: Mapping[str, str]) -> Iterator[None]:
        """Runs a worker until the block ends, with variables beside the declared ones."""
        with running(self._program(service, port=0, beside=beside), is_ready=lambda: True):
            yield

    def environment(self, service: str) -> dict[str, str]:
        """The variables that the stack declares for a service, those of its groups first.

        Raises:
            UsageError: one of them refers to another service.
        """
        declared = self.stack.render.services[service]
        groups = [self.stack.render.env_groups[group] for group in declared.env_groups]
        sources = [item for group in (*groups, declared.env) for item in group.items()]
        return {name: self._value(name, source) for name, source in sources}

    def _program(self, service: str, *, port: int, beside: Mapping[str, str]) -> Program:
        return Program(
            name=service,
            command=command_of(service, stack=self.stack, port=port),
            environ={**self.environment(service), **beside},
            folder=self.checkout,
        )

    def _value(self, name: str, source: EnvVar) -> str:
        if source.secret is not None:
            return self.secret_values[source.secret]
        if source.key_value is not None:
            return self.key_values[source.key_value]
        if source.service is not None:
            raise UsageError(f"{name} refers to a service, which a rehearsal does not offer")
        return secrets.token_urlsafe(24) if source.generate else str(source.value)


def command_of(service: str, *, stack: Stack, port: int) -> Sequence[str]:
    """The service's `docker_command`, with this Python, on loopback and on `port`.

    Raises:
        UsageError: it starts neither Python nor uvicorn.
    """
    words = shlex.split(stack.render.services[service].docker_command or "")
    starts = {"python": [sys.executable], "uvicorn": [sys.executable, "-m", "uvicorn"]}
    if not words or words[0] not in starts:
        raise UsageError(
            f"render.services.{service} cannot be rehearsed: only a docker_command that starts "
            "with python or uvicorn can",
        )
    here = {"--host": LOOPBACK, "--port": str(port)}
    rest = [here.get(option, word) for option, word in itertools.pairwise(words)]
    return [*starts[words[0]], *rest]
