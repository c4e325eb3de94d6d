"""All scenarios of the matrix."""

from collections.abc import Sequence

from tests.faults.health.on_instances import ON_INSTANCES
from tests.faults.health.on_lines import ON_LINES
from tests.faults.health.on_postgres import ON_POSTGRES
from tests.faults.health.on_redis import ON_REDIS
from tests.faults.health.on_tls import ON_TLS
from tests.faults.health.on_work import ON_WORK
from tests.faults.health.scenario import Scenario

SCENARIOS: Sequence[Scenario] = (
    *ON_POSTGRES,
    *ON_REDIS,
    *ON_LINES,
    *ON_TLS,
    *ON_INSTANCES,
    *ON_WORK,
)
