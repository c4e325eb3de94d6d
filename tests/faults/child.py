"""The process that forks itself for each job: it has imported keepwell with all its clients.

The clock is scaled, so that waiting for a vendor's budget or for a domain takes no minutes.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

from keepwell.cli import main
from keepwell.clock import ScaledClock
from keepwell.commands.wiring import Console, World
from keepwell.runner import Runner
from tests.faults.zygote import FACTOR, Job

LATE = (
    *(f"keepwell.clients.{name}" for name in ("render", "supabase", "cloudflare", "cronjob")),
    *("keepwell.clients.github", "keepwell.clients.dns", "keepwell.clients.dns.octo"),
    *("keepwell.commands.apply", "keepwell.commands.plan"),
)
"""What an apply imports late."""


def serve() -> None:
    """Reads jobs line by line; answers with a process id, then with an exit code."""
    for name in LATE:
        import_module(name)
    for line in sys.stdin:
        job = Job(**json.loads(line))
        pid = os.fork()
        if pid == 0:
            os._exit(run(job))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def run(job: Job) -> int:
    """Runs one command line in this process."""
    os.chdir(job.folder)
    with Path(job.output).open("a") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        world = World(
            clock=ScaledClock(factor=FACTOR),
            runner=Runner.from_environment(job.environ),
            console=Console(out=stream, err=stream),
            environ=job.environ,
        )
        code = main(job.arguments, world=world)
        stream.flush()
        return code


if __name__ == "__main__":
    serve()
