"""Compute: what Render runs.

Source: https://render.com/docs/blueprint-spec (read 2026-11). Words that Render has are kept;
`src/keepwell/policies` judges what the types cannot.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from keepwell.model.stack.node import EnvironmentKey, Hostname, Node, SecretName, Slug, UrlPath

RenderRegion = Literal["oregon", "ohio", "virginia", "frankfurt", "singapore"]
WorkspacePlan = Literal["hobby", "pro", "scale", "enterprise"]
ServiceType = Literal["web", "pserv", "worker", "cron"]
Runtime = Literal["docker", "elixir", "go", "image", "node", "python", "ruby", "rust"]


class EnvVar(Node):
    """Where the value of an environment variable comes from; exactly one source.

    A plain scalar in the file is read as `value`.
    """

    value: str | int | float | None = None
    secret: SecretName | None = None
    service: Slug | None = None
    key_value: Slug | None = None
    property: Literal["host", "port", "hostport", "connectionString"] | None = None
    generate: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        sources = (self.value, self.secret, self.service, self.key_value, self.generate)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("give exactly one of value, secret, service, key_value, generate")
        if (self.property is not None) != (self.service is not None or self.key_value is not None):
            raise ValueError("`property` goes with `service` or `key_value`, and they need it")
        return self


def _scalar_is_value(given: Any) -> Any:
    if isinstance(given, bool):
        raise ValueError(  # noqa: TRY004 - pydantic reports ValueError with its place
            'an environment variable is text: put it in quotes, as in "true"'
        )
    return {"value": given} if isinstance(given, str | int | float) else given


Environment = dict[EnvironmentKey, Annotated[EnvVar, BeforeValidator(_scalar_is_value)]]


class Scaling(Node):
    """Autoscaling: how many instances, and the utilisation that adds or removes one."""

    min: Annotated[int, Field(ge=1, le=100)]
    max: Annotated[int, Field(ge=1, le=100)]
    cpu_percent: Annotated[int, Field(ge=1, le=90)] | None = None
    memory_percent: Annotated[int, Field(ge=1, le=90)] | None = None


class ScaleByQueue(Node):
    """How many instances a service has, by the age of the Redis stream that it works on.

    `keepwell scale` sees to it. `concurrency` is how many entries one instance works on at a time;
    no entry should be unfinished for longer than `max_age_s`.
    """

    stream: Annotated[str, Field(min_length=1)]
    group: Annotated[str, Field(min_length=1)]
    min: Annotated[int, Field(ge=1, le=100)] = 1
    max: Annotated[int, Field(ge=1, le=100)]
    concurrency: Annotated[int, Field(ge=1)]
    max_age_s: Annotated[float | int, Field(gt=0)]
    cooldown_s: Annotated[float | int, Field(ge=0)] = 300


class Disk(Node):
    """A persistent disk. It rules out scaling and deploys without downtime."""

    name: Slug
    mount_path: UrlPath
    size_gb: Annotated[int, Field(ge=1)] = 10


class IpRange(Node):
    """A range of addresses that may connect."""

    source: str
    description: str = ""


class BuildFilter(Node):
    """Which changed paths start a build."""

    paths: list[str] = []
    ignored_paths: list[str] = []


class Previews(Node):
    """Whether pull requests get an instance of their own, and how large."""

    generation: Literal["off", "manual", "automatic"] = "off"
    plan: str | None = None


class Service(Node):
    """A service that Render builds and runs."""

    type: ServiceType
    runtime: Runtime
    plan: str
    region: RenderRegion | None = None
    branch: str | None = None
    root_dir: str | None = None
    image: str | None = None
    dockerfile: str | None = None
    docker_context: str | None = None
    docker_command: str | None = None
    build_command: str | None = None
    start_command: str | None = None
    pre_deploy_command: str | None = None
    schedule: str | None = None
    health_check_path: UrlPath | None = None
    scaling: Scaling | None = None
    scale_by_queue: ScaleByQueue | None = None
    instances: Annotated[int, Field(ge=1)] | None = None
    disk: Disk | None = None
    domains: list[Hostname] = []
    render_subdomain: Literal["enabled", "disabled"] | None = None
    auto_deploy: Literal["off", "commit", "checks_pass"] = "checks_pass"
    max_shutdown_delay_s: Annotated[int, Field(ge=1, le=300)] | None = None
    ip_allow_list: list[IpRange] | None = None
    build_filter: BuildFilter | None = None
    previews: Previews | None = None
    env_groups: list[Slug] = []
    env: Environment = {}


class KeyValue(Node):
    """A Redis-compatible Key Value instance. Render's own default for `eviction` loses queues."""

    plan: str
    region: RenderRegion | None = None
    eviction: Literal[
        "noeviction", "allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-lfu",
        "allkeys-random", "volatile-random", "volatile-ttl",
    ]  # fmt: skip
    persistence: Literal["journal-snapshot", "snapshot", "off"] | None = None
    ip_allow_list: list[IpRange] = []


class Compute(Node):
    """Everything on Render: one workspace, one region, services and what they share."""

    workspace_plan: WorkspacePlan
    region: RenderRegion
    repo: Annotated[str, Field(pattern=r"^https://(github|gitlab)\.com/[^\s]+$")] | None = None
    services: Annotated[dict[Slug, Service], Field(min_length=1)]
    key_values: dict[Slug, KeyValue] = {}
    env_groups: dict[Slug, Environment] = {}
