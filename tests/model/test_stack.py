"""What a value of the stack may be, where it takes more than a type to say."""

import pytest
from pydantic import ValidationError

from keepwell.model.stack.compute import EnvVar, Service
from keepwell.model.stack.edge import Sender
from tests.policies.stacks import stack


def service(env: object) -> Service:
    return Service.model_validate(
        {"type": "web", "runtime": "docker", "plan": "starter", "env": {"NAME": env}}
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("info", EnvVar(value="info")),
        (8080, EnvVar(value=8080)),
        ({"secret": "TOKEN"}, EnvVar(secret="TOKEN")),
        ({"generate": True}, EnvVar(generate=True)),
        (
            {"key_value": "queue", "property": "host"},
            EnvVar(key_value="queue", property="host"),
        ),
    ],
)
def test_a_variable_is_a_scalar_or_one_source(written: object, expected: EnvVar):
    assert service(written).env["NAME"] == expected


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (True, "put it in quotes"),
        ({}, "exactly one of"),
        ({"value": "x", "secret": "TOKEN"}, "exactly one of"),
        ({"service": "api"}, "goes with"),
        ({"value": "x", "property": "host"}, "goes with"),
    ],
)
def test_a_variable_without_one_clear_source_is_refused(written: object, message: str):
    with pytest.raises(ValidationError, match=message):
        service(written)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({}, "give either"),
        ({"asn": 32934, "header": "x-probe", "secret": "TOKEN"}, "give either"),
        ({"header": "x-probe"}, "go together"),
        ({"asn": 32934, "secret": "TOKEN"}, "go together"),
    ],
)
def test_a_sender_is_known_by_its_network_or_by_a_secret_header(
    written: dict[str, object], message: str
):
    with pytest.raises(ValidationError, match=message):
        Sender.model_validate(written)


@pytest.mark.parametrize("version", [True, 1.0, "1", 2, None])
def test_the_version_is_the_number_1(version: object):
    with pytest.raises(ValidationError):
        stack({"version": version})


@pytest.mark.parametrize(
    ("environment", "name"), [("production", "api"), ("staging", "api-staging")]
)
def test_a_service_carries_its_environment_outside_production(environment: str, name: str):
    assert stack({"environment": environment}).service_name("api") == name
