"""What the real stack declares about its services, translated to this machine."""

import sys
from pathlib import Path
from typing import Any

import pytest

from keepwell.errors import UsageError
from keepwell.model.stack import Stack
from keepwell.rehearsal.deployment import Deployment, command_of
from keepwell.stackfile import load

ROOT = Path(__file__).parents[2]
STACK = load(ROOT / "stack.yaml").stack


def with_api(**change: Any) -> Stack:
    declared = STACK.model_dump(exclude_unset=True)
    declared["render"]["services"]["api"] |= change
    return Stack.model_validate(declared)


def deployment(stack: Stack) -> Deployment:
    return Deployment(
        stack=stack,
        checkout=ROOT,
        secret_values={name: f"value of {name}" for name in stack.secrets},
        key_values={"queue": "redis://127.0.0.1:1/0"},
    )


def test_a_command_runs_with_this_python_on_loopback() -> None:
    assert command_of("api", stack=STACK, port=8123) == [
        *(sys.executable, "-m", "uvicorn", "examples.livestreamsell.main:app"),
        *("--host", "127.0.0.1", "--port", "8123"),
    ]
    worker = command_of("ai-worker", stack=STACK, port=0)
    assert worker == [sys.executable, "-m", "examples.livestreamsell.worker"]


@pytest.mark.parametrize("docker_command", [None, "", "node server.js"])
def test_a_command_of_another_kind_cannot_be_rehearsed(docker_command: str | None) -> None:
    with pytest.raises(UsageError, match="api cannot be rehearsed"):
        command_of("api", stack=with_api(docker_command=docker_command), port=1)


def test_a_service_gets_the_variables_that_are_declared_and_no_other() -> None:
    api, worker = (deployment(STACK).environment(name) for name in ("api", "ai-worker"))
    assert api["REDIS_URL"] == "redis://127.0.0.1:1/0"
    assert api["DATABASE_URL"] == "value of DATABASE_URL"
    assert worker["DATABASE_URL"] == "value of WORKER_DATABASE_URL"
    assert api["WEBHOOK_STREAM"] == "webhooks"
    assert "LLM_API_KEY" in worker
    assert "LLM_API_KEY" not in api


def test_a_services_own_variable_goes_before_that_of_a_group() -> None:
    stack = with_api(env={"LOG_LEVEL": {"value": "debug"}, "SALT": {"generate": True}})
    environment = deployment(stack).environment("api")
    assert environment["LOG_LEVEL"] == "debug"
    assert len(environment["SALT"]) > 16


def test_a_variable_that_refers_to_a_service_cannot_be_rehearsed() -> None:
    stack = with_api(env={"PEER": {"service": "ai-worker", "property": "host"}})
    with pytest.raises(UsageError, match="PEER refers to a service"):
        deployment(stack).environment("api")
