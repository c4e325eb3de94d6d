"""The client of the queue on a real Redis, with the names of the reference service."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis

from keepwell.clients.queue import Queue
from keepwell.clock import ManualClock
from keepwell.errors import CouldNotTell, KeepwellError, UsageError
from keepwell.rehearsal.servers import Redis, start_redis
from keepwell.rehearsal.servers.server import free_port
from tests.worlds import NOON

STREAM, GROUP, PASSWORD = "webhooks", "ai-workers", "s3cret/of:redis"


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with start_redis() as running:
        yield running


@pytest.fixture
def admin(server: Redis) -> Iterator[Any]:
    client = redis.Redis.from_url(server.url, decode_responses=True, encoding_errors="replace")
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def stream(admin: Any) -> Any:
    admin.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    return admin


@pytest.fixture
def queue(server: Redis) -> Iterator[Queue]:
    made = at(server.url)
    yield made
    made.close()


def at(url: str, *, stream: str = STREAM, group: str = GROUP) -> Queue:
    return Queue(url, stream=stream, group=group, clock=ManualClock(NOON))


def add(admin: Any, count: int, *, age_s: float = 0.0) -> list[str]:
    seconds, micros = admin.time()
    now_ms = int(seconds * 1000 + micros / 1000 - age_s * 1000)
    return [
        admin.xadd(STREAM, {"body": b"\xff\xfe"}, id=f"{now_ms}-{n}") for n in range(1, count + 1)
    ]


def take(admin: Any, count: int) -> None:
    admin.xreadgroup(GROUP, "worker-1", {STREAM: ">"}, count=count)


def settle(admin: Any, *ids: str) -> None:
    admin.xack(STREAM, GROUP, *ids)
    admin.xdel(STREAM, *ids)


def test_an_empty_stream_has_nothing_old(stream: Any, queue: Queue):
    look = queue.look()
    assert (look.added, look.waiting, look.pending, look.oldest_age_s) == (0, 0, 0, 0.0)


def test_what_waits_and_what_is_in_hand_is_counted(stream: Any, queue: Queue):
    add(stream, 10)
    take(stream, 4)
    look = queue.look()
    assert (look.added, look.waiting, look.pending) == (10, 6, 4)


def test_what_is_settled_counts_as_added_only(stream: Any, queue: Queue):
    ids = add(stream, 10)
    take(stream, 10)
    settle(stream, *ids)
    look = queue.look()
    assert (look.added, look.waiting, look.pending, look.oldest_age_s) == (10, 0, 0, 0.0)


@pytest.mark.parametrize("taken", [0, 1], ids=["waiting", "in hand"])
def test_the_oldest_entry_is_as_old_as_its_id(stream: Any, queue: Queue, taken: int):
    add(stream, 1, age_s=100)
    add(stream, 1, age_s=10)
    if taken:
        take(stream, taken)
    assert 100 <= queue.look().oldest_age_s < 160


def test_what_was_finished_and_is_still_in_the_stream_is_not_old(stream: Any, queue: Queue):
    ids = add(stream, 1, age_s=500)
    take(stream, 1)
    stream.xack(STREAM, GROUP, *ids)
    add(stream, 1, age_s=20)
    assert 20 <= queue.look().oldest_age_s < 80


def test_a_hole_among_those_that_wait_makes_them_uncountable(stream: Any, queue: Queue):
    ids = add(stream, 5)
    take(stream, 1)
    stream.xdel(STREAM, ids[3])
    look = queue.look()
    assert (look.waiting, look.pending) == (None, 1)


def test_with_a_hole_and_nothing_that_waits_none_wait(stream: Any, queue: Queue):
    ids = add(stream, 2)
    take(stream, 1)
    stream.xdel(STREAM, ids[1])
    assert queue.look().waiting == 0


def test_looking_changes_nothing(stream: Any, queue: Queue):
    add(stream, 3)
    take(stream, 1)
    before = stream.xinfo_stream(STREAM, full=True)
    queue.look()
    assert stream.xinfo_stream(STREAM, full=True) == before


def test_a_connection_that_was_cut_is_made_again(stream: Any, queue: Queue):
    queue.look()
    stream.client_kill_filter(_type="normal", skipme=True)
    assert queue.look().added == 0


def refusal(queue: Queue) -> KeepwellError:
    with pytest.raises(CouldNotTell) as raised:
        queue.look()
    queue.close()
    assert raised.value.exit_code == 3
    assert raised.value.hint
    return raised.value


def test_a_missing_stream_is_named(server: Redis, admin: Any):
    error = refusal(at(server.url, stream="webhook"))
    assert error.message == f"there is no stream 'webhook' at 127.0.0.1:{server.port}"


def test_a_missing_group_is_named(server: Redis, stream: Any):
    assert "has no group 'workers'" in refusal(at(server.url, group="workers")).message


def test_a_key_of_another_type_is_no_stream(server: Redis, admin: Any):
    admin.set(STREAM, "a text")
    assert "it is no stream" in refusal(at(server.url)).message


@contextmanager
def listening(handle: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of one that treats each connection so."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            handle(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            yield f"redis://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def test_a_redis_that_counts_no_entries_is_too_old(server: Redis, stream: Any):
    def pass_on(connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", server.port)) as behind:
            while asked := connection.recv(65536):
                behind.sendall(asked)
                connection.sendall(behind.recv(65536).replace(b"entries-added", b"entries-known"))

    with listening(pass_on) as url:
        error = refusal(at(url))
    assert "does not tell 'entries-added'" in error.message
    assert error.hint == "it needs Redis 7, or Valkey"


def test_what_is_no_redis_gives_no_answer():
    with listening(lambda each: each.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url:
        assert "gave no answer" in refusal(at(url)).message


def test_nobody_there_is_no_answer():
    assert (
        "gave no answer (ConnectionError)"
        in refusal(at(f"redis://127.0.0.1:{free_port()}")).message
    )


@pytest.fixture
def guarded() -> Iterator[Redis]:
    with start_redis() as running:
        client = redis.Redis.from_url(running.url)
        client.config_set("requirepass", PASSWORD)
        client.execute_command("AUTH", PASSWORD)
        client.execute_command("ACL", "SETUSER", "blind", "on", ">see", "~*", "+ping")
        client.close()
        yield running


@pytest.mark.parametrize("login", ["", ":wr0ng@", "blind:wr0ng@", "blind:see@"])
def test_a_login_that_is_refused_is_told_without_it(guarded: Redis, login: str):
    error = refusal(at(guarded.url.replace("://", f"://{login}")))
    assert "refused us" in error.message
    assert not {"wr0ng", "blind", "see", PASSWORD} & set(error.message.replace("'", " ").split())
    assert "wr0ng" not in f"{error.message}{error.hint}"


def test_the_rights_that_the_readme_names_are_enough(server: Redis, stream: Any):
    rights = ["+multi", "+exec", "+time", "+xinfo", "+xpending", "+xrange"]
    stream.execute_command("ACL", "SETUSER", "scaler", "reset", "on", ">see", f"~{STREAM}", *rights)
    add(stream, 2)
    queue = at(server.url.replace("://", "://scaler:see@"))
    assert queue.look().added == 2
    queue.close()


def test_the_right_password_opens(guarded: Redis):
    quoted = "s3cret%2Fof%3Aredis"
    assert "no stream" in refusal(at(guarded.url.replace("://", f"://:{quoted}@"))).message


@pytest.mark.parametrize(
    "url", ["webhooks", "http://127.0.0.1:6379", "redis://127.0.0.1:a-port", "redis://[::1"]
)
def test_an_address_that_is_none_is_refused_unquoted(url: str):
    with pytest.raises(UsageError, match="REDIS_URL is no address of a Redis") as raised:
        at(url)
    assert url not in raised.value.message
