"""Kills an apply at every message that it sends to the Vault's Postgres."""

import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.databases import execute
from tests.faults.playing import KILLED, Outcome
from tests.faults.relay import Relay
from tests.faults.scenarios import Way
from tests.faults.stage import STACK, secrets
from tests.faults.zygote import ROOT, Job, Zygote

STAND_IN = ROOT / "examples" / "livestreamsell" / "vault_stand_in.sql"
TEMPLATE = "vault_template"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultScenario:
    """The `nth` message to the Postgres of `dsn`: killed before it arrives, or once it is answered.

    `nth` 0 is an apply that nothing happens to.
    """

    dsn: str
    nth: int = 0
    is_handled: bool = False

    @property
    def way(self) -> Way:
        """What happens, in the word of the other scenarios."""
        return "killed-after" if self.is_handled else "killed-before"

    def __str__(self) -> str:
        return f"vault: {self.way} at message {self.nth}"


def vault_scenarios(dsn: str, *, zygote: Zygote) -> Iterator[VaultScenario]:
    """Both kills at every message of a clean apply, which is played for it."""
    clean = VaultScenario(dsn=dsn)
    _template(dsn)
    with tempfile.TemporaryDirectory() as folder, _relay(clean, name=_database(dsn)) as relay:
        code = zygote.run(_job("apply", "--yes", url=relay.url, folder=folder))
        if code:
            raise SystemExit(f"a clean apply of the Vault exits {code}\n{_said(folder)}")
    for nth in range(1, relay.messages + 1):
        for is_handled in (False, True):
            yield replace(clean, nth=nth, is_handled=is_handled)


def play_vault(scenario: VaultScenario, *, zygote: Zygote) -> Outcome:
    """Plays one on a database of its own."""
    name = _database(scenario.dsn)
    with tempfile.TemporaryDirectory() as folder:
        wrongs = [*_meet(scenario, name=name, folder=folder, zygote=zygote)]
        with _relay(replace(scenario, nth=0), name=name) as relay:
            for command in (("apply", "--yes"), ("plan", "--detect-drift")):
                code = zygote.run(_job(*command, url=relay.url, folder=folder))
                if code != 0:
                    wrongs.append(f"{command[0]} after it exits {code}")
        said = _said(folder)
    told = [key for key, value in secrets().items() if value in said]
    wrongs += [f"the value of {key} was told" for key in told]
    return Outcome(scenario=str(scenario), wrongs=wrongs, said=said if wrongs else "")


def _meet(scenario: VaultScenario, *, name: str, folder: str, zygote: Zygote) -> Iterator[str]:
    with _relay(scenario, name=name) as relay:
        relay.process.set_result(zygote.start(_job("apply", "--yes", url=relay.url, folder=folder)))
        code = zygote.wait()
    if not relay.is_met:
        yield f"the message was never sent, of {relay.messages}, and the apply exits {code}"
    elif code != KILLED:
        yield f"the apply was to be killed, and exits {code}"


def _relay(scenario: VaultScenario, *, name: str) -> Relay:
    server = scenario.dsn.rpartition("/")[0]
    return Relay(f"{server}/{name}", nth=scenario.nth, is_handled=scenario.is_handled)


def _template(dsn: str) -> None:
    """Makes what every database is a copy of: one with the schema of Supabase's vault."""
    execute(dsn, f"CREATE DATABASE {TEMPLATE}")
    execute(f"{dsn.rpartition('/')[0]}/{TEMPLATE}", STAND_IN.read_text())


def _database(dsn: str) -> str:
    """A new database; its name."""
    name = f"vault_{uuid.uuid4().hex}"
    execute(dsn, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return name


def _job(*arguments: str, url: str, folder: str) -> Job:
    return Job(
        arguments=[*arguments, "--stack", str(STACK), "--only", "vault"],
        environ={**secrets(), "SUPABASE_DB_URL": url},
        folder=folder,
        output=f"{folder}/output",
    )


def _said(folder: str) -> str:
    return "".join(path.read_text() for path in sorted(Path(folder).rglob("*")) if path.is_file())
