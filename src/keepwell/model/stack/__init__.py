"""The stack as declared in stack.yaml: pydantic models, one file per part.

A Stack is one environment, overlays applied. The models say what each value may be; rules between
values are policies. Nothing here reads files: `stackfile.py` does, and knows the lines.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from keepwell.model.stack.backend import Backend
from keepwell.model.stack.compute import Compute
from keepwell.model.stack.edge import Edge
from keepwell.model.stack.node import Node, SecretName, Slug
from keepwell.model.stack.watch import KeepAlive, Verify


class Network(Node):
    """What the network between compute and database may cost."""

    budget_ms: float | int = 10


class Secret(Node):
    """A secret, by name: what it is for. The value stays in the vendors' encrypted stores."""

    kind: Literal["database", "llm", "webhook", "probe", "token", "customer_key"]
    description: str = ""


def _whole_number(given: Any) -> Any:
    if isinstance(given, bool | float):  # true and 1.0 equal 1
        raise ValueError("expected 1")  # noqa: TRY004 - pydantic reports ValueError with its place
    return given


class Stack(Node):
    """One environment of a stack."""

    version: Annotated[Literal[1], BeforeValidator(_whole_number)]
    name: Slug
    region: str
    network: Network = Network()
    secrets: dict[SecretName, Secret] = {}
    render: Compute
    supabase: Backend
    cloudflare: Edge
    keep_alive: KeepAlive
    verify: Verify
    environment: Slug = "production"

    @property
    def where(self) -> tuple[str, ...]:
        """What tells this environment of this stack from every other."""
        return self.name, self.environment, self.cloudflare.zone, self.supabase.project

    def service_name(self, key: str) -> str:
        """The name at Render: the key, with the environment behind it outside production."""
        return key if self.environment == "production" else f"{key}-{self.environment}"
