"""GitHub: the lock, the reviewed digest, drift's issue, and the file of an observation."""

from contextlib import closing, suppress
from functools import partial

from keepwell.clients.github import TERMS, GitHub
from keepwell.errors import KeepwellError
from keepwell.rehearsal.simulators.base import Exchange, serve
from keepwell.rehearsal.simulators.github import FIRST, GitHubSimulator
from tests.contracts.sessions.standing import a_clock, api, kept, refused

TOKEN = "a-token"
REPOSITORY = "livestreamsell/livestreamsell"


def session() -> list[Exchange]:
    clock = a_clock()
    stand_in = GitHubSimulator(clock=clock, token=TOKEN, repository=REPOSITORY)
    with serve(stand_in.app) as url:
        with closing(api(TERMS, url=url, token=TOKEN, clock=clock)) as calls:
            client = GitHub(calls, clock=clock, repository=REPOSITORY)
            _lock(client)
            _digest(client, stand_in)
            _issue(client)
            for content in (b"{}", b"[]"):
                client.keep_file("observed.json", content=content, branch="data", message="Observe")
            refused(stand_in.desk, 403, 429, 500, call=partial(client.status, FIRST, context="x"))
        with (
            closing(api(TERMS, url=url, token="wrong", clock=clock)) as wrong,
            suppress(KeepwellError),
        ):
            GitHub(wrong, clock=clock, repository=REPOSITORY).status(FIRST, context="x")
    return kept(stand_in.desk)


def _lock(client: GitHub) -> None:
    lock = client.take_lock("shop-production", owner="a run")
    with suppress(KeepwellError):
        client.take_lock("shop-production", owner="another run")
    client.give_back(lock)
    client.break_lock("shop-production")


def _digest(client: GitHub, stand_in: GitHubSimulator) -> None:
    stand_in.world.pulls[FIRST] = ["2" * 40]
    [head] = client.heads_of(FIRST)
    client.set_status(head, context="keepwell/plan", state="success", description="digest abc")
    for n in range(40):
        client.set_status(
            head,
            context=f"other/{n}",
            state="failure",
            description="",
            target_url="https://x.example",
        )
    assert client.status(head, context="keepwell/plan") == "digest abc"


def _issue(client: GitHub) -> None:
    client.keep_issue(title="Drift", body="a", marker="keepwell-drift")
    client.keep_issue(title="Drift", body="b", marker="keepwell-drift")
    client.close_issue("keepwell-drift", comment="gone")
