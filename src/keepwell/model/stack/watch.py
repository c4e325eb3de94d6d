"""Watch: what is pinged, how often, by whom; what must hold after a deploy."""

from typing import Annotated, Literal

from pydantic import Field

from keepwell.model.stack.node import HttpsUrl, Node, SecretName, Slug

Milliseconds = Annotated[float | int, Field(gt=0)]

HostPort = Annotated[str, Field(pattern=r"^(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}$")]
"""An address to connect to, such as 1.1.1.1:443 or [2606:4700:4700::1111]:443."""


class Budgets(Node):
    """Latency that an answer may take. `components` are keys of /health, "postgres" for short."""

    total_ms: Milliseconds = 2000
    components_ms: dict[str, Milliseconds] = {}


class Target(Node):
    """A URL that must stay awake and well. `bearer` names the secret that opens the details."""

    url: HttpsUrl
    service: Slug | None = None
    deep: bool = True
    bearer: SecretName | None = None
    headers: dict[Annotated[str, Field(pattern=r"^[a-z0-9-]+$")], SecretName] = {}
    timeout_s: Annotated[float | int, Field(gt=0, le=120)] = 10
    budgets: Budgets = Budgets()


class CronJobOrg(Node):
    """The external clock. `calls_per_day` is the API's budget, not that of the pings.

    Its history holds 50 pings of a job: two jobs per target, which take turns, keep twice as long.
    """

    title_prefix: str = "keepwell:"
    jobs_per_target: Literal[1, 2] = 1
    calls_per_day: Annotated[int, Field(ge=1)] = 100


class GitHubActions(Node):
    """The second clock. `schedule` in cron's notation, UTC; minutes are those of the plan."""

    schedule: str = "7,37 * * * *"
    repository: Literal["public", "private"] = "private"
    minutes_per_month: Annotated[int, Field(ge=1)] = 2000


class KeepAlive(Node):
    """Who asks what how often."""

    every_minutes: Annotated[int, Field(ge=1, le=60)] = 5
    targets: Annotated[dict[Slug, Target], Field(min_length=1)]
    waking_grace_s: Annotated[float | int, Field(ge=0, le=300)] = 90
    neutral_hosts: list[HostPort] = ["1.1.1.1:443", "8.8.8.8:443"]
    allow_private_addresses: bool = False
    cron_job_org: CronJobOrg | None = None
    github_actions: GitHubActions | None = None


class Verify(Node):
    """What must hold after a deploy, and what happens when it does not."""

    target: Slug
    consecutive: Annotated[int, Field(ge=1, le=100)] = 3
    within_s: Annotated[float | int, Field(gt=0, le=3600)] = 120
    interval_s: Annotated[float | int, Field(gt=0, le=60)] = 5
    minimum_certificate_days: Annotated[int, Field(ge=0)] = 14
    minimum_tls_version: Literal["1.2", "1.3"] = "1.2"
    on_failure: Literal["rollback", "alert"] = "alert"
