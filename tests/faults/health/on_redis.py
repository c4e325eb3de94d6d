"""Faults of a Redis itself, done to a real one."""

from collections.abc import Generator, Mapping, Sequence

from keepwell.rehearsal.servers.server import free_port
from tests.faults.health.scenario import Play, Scenario, refused, shared, unseen
from tests.faults.health.stage import Stage


def _killed(stage: Stage) -> Generator[None]:
    stage.redis.kill()
    yield
    stage.redis.start()


def _frozen(stage: Stage) -> Generator[None]:
    stage.redis.freeze()
    yield
    stage.redis.thaw()


def _configured(wrong: Mapping[str, str], right: Mapping[str, str]) -> Play:
    def _play(stage: Stage) -> Generator[None]:
        with stage.redis_client() as client:
            for name, value in wrong.items():
                client.config_set(name, value)
            yield
            for name, value in right.items():
                client.config_set(name, value)

    return _play


def _replica(stage: Stage) -> Generator[None]:
    with stage.redis_client() as client:
        client.replicaof("127.0.0.1", free_port())
        yield
        client.replicaof("NO", "ONE")


def _password_set(stage: Stage) -> Generator[None]:
    """New connections must say a password, and the open ones are ended."""
    with stage.redis_client() as client:
        client.config_set("requirepass", "other")
        client.client_kill_filter(_type="normal", skipme=True)
        yield
        client.config_set("requirepass", "")


def _password_deployed(stage: Stage) -> Generator[None]:
    with stage.redis_client() as client:
        client.config_set("requirepass", "other")
        client.client_kill_filter(_type="normal", skipme=True)
        yield
    stage.restart_app(REDIS_URL=stage.redis.url.replace("://", "://:other@"))


def _forbidden(stage: Stage) -> Generator[None]:
    with stage.redis_client() as client:
        client.execute_command("ACL", "SETUSER", "default", "-set")
        yield
        client.execute_command("ACL", "SETUSER", "default", "+set")


def _full(stage: Stage) -> Generator[None]:
    with stage.redis_client() as client:
        client.ping()
        client.config_set("maxclients", "1")
        client.client_kill_filter(_type="normal", skipme=True)
        yield
        client.config_set("maxclients", "1000")


def _connections_ended(stage: Stage) -> Generator[None]:
    with stage.redis_client() as client:
        stage.is_met = bool(client.client_kill_filter(_type="normal", skipme=True))
        yield


def _paused(stage: Stage) -> Generator[None]:
    """It answers reads and holds back writes, as in a failover of a managed Redis."""
    with stage.redis_client() as client:
        client.execute_command("CLIENT", "PAUSE", "600000", "WRITE")
        yield
        client.execute_command("CLIENT", "UNPAUSE")


ON_REDIS: Sequence[Scenario] = (
    shared("redis is killed", _killed, redis="refused"),
    shared("redis is frozen", _frozen, redis="timeout"),
    shared(
        "redis is out of memory",
        _configured({"maxmemory": "1"}, {"maxmemory": "0"}),
        redis="oom",
    ),
    shared("redis is a replica that takes no writes", _replica, redis="readonly"),
    shared(
        "redis misses the replicas that it must write to",
        _configured({"min-replicas-to-write": "1"}, {"min-replicas-to-write": "0"}),
        redis="error",
    ),
    shared("redis holds writes back", _paused, redis="timeout"),
    refused("redis demands a password, and no longer", _password_set, redis="auth"),
    shared("redis demands a password, a deploy brings it", _password_deployed, redis="auth"),
    refused("redis forbids writes to the user", _forbidden, redis="auth"),
    shared("redis has no connection left", _full, redis="unreachable"),
    unseen("redis ends every connection", _connections_ended),
)
