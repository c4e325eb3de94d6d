"""The vendors of a stack as stand-ins on this machine, wired together as the vendors are.

Render verifies a domain once Cloudflare's DNS shows it; a push makes Render sync. The accounts are
bare but for what a vendor gives to everybody; what people made by hand is put into the `world` of a
stand-in by who needs it there.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from keepwell.clock import Clock
from keepwell.model.stack import Stack
from keepwell.rehearsal.servers import Postgres
from keepwell.rehearsal.simulators.base import Desk, serve
from keepwell.rehearsal.simulators.cloudflare import CloudflareSimulator
from keepwell.rehearsal.simulators.cronjob import CronJobSimulator
from keepwell.rehearsal.simulators.github import GitHubSimulator
from keepwell.rehearsal.simulators.render import RenderSimulator
from keepwell.rehearsal.simulators.supabase import SupabaseSimulator
from keepwell.templating import generate

REPOSITORY = "livestreamsell/livestreamsell"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """The stand-ins, and the environment in which keepwell's commands find them.

    `environ` has addresses and tokens, no secret of the stack; `on_github` what a job has besides.
    """

    render: RenderSimulator
    cloudflare: CloudflareSimulator
    supabase: SupabaseSimulator
    cron_job_org: CronJobSimulator
    github: GitHubSimulator
    environ: Mapping[str, str] = field(repr=False)
    on_github: Mapping[str, str] = field(repr=False)

    @property
    def desks(self) -> Mapping[str, Desk]:
        """What stands before each vendor, by the vendor's name; DNS is Cloudflare's."""
        return {
            "render": self.render.desk,
            "cloudflare": self.cloudflare.desk,
            "supabase": self.supabase.desk,
            "cron-job-org": self.cron_job_org.desk,
        }

    def push(self, stack: Stack) -> None:
        """What a push of the stack's generated files does: Render syncs its Blueprint."""
        (blueprint,) = (each for each in generate(stack) if each.path == "render.yaml")
        self.render.sync(blueprint.text)


@contextmanager
def standing(stack: Stack, *, clock: Clock, latency_s: float = 0.0) -> Iterator[StandIns]:
    """The vendors of a stack, new and as they are before keepwell first comes.

    Args:
        stack: whose zone, project and region there are.
        clock: on which everything there takes its time.
        latency_s: how long every answer takes on its way.
    """
    zone, project = stack.cloudflare.zone, stack.supabase.project
    render = RenderSimulator(clock=clock, latency_s=latency_s)
    cloudflare = CloudflareSimulator(
        clock=clock, zone=zone, plan=stack.cloudflare.plan, latency_s=latency_s
    )
    supabase = SupabaseSimulator(
        clock=clock, project=project, region=stack.supabase.region, latency_s=latency_s
    )
    cron_job_org = CronJobSimulator(clock=clock, latency_s=latency_s)
    github = GitHubSimulator(clock=clock, repository=REPOSITORY, latency_s=latency_s)
    render.world.resolves = cloudflare.world.shows
    with ExitStack() as served:
        urls = {
            name: served.enter_context(serve(each.app))
            for name, each in (
                ("KEEPWELL_RENDER_URL", render),
                ("KEEPWELL_CLOUDFLARE_URL", cloudflare),
                ("KEEPWELL_SUPABASE_URL", supabase),
                ("KEEPWELL_CRON_JOB_ORG_URL", cron_job_org),
            )
        }
        tokens = {
            "RENDER_API_KEY": render.desk.token,
            "CLOUDFLARE_API_TOKEN": cloudflare.desk.token,
            "SUPABASE_ACCESS_TOKEN": supabase.desk.token,
            "CRON_JOB_ORG_API_KEY": cron_job_org.desk.token,
        }
        on_github = {
            "GITHUB_TOKEN": github.desk.token,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": served.enter_context(serve(github.app)),
        }
        yield StandIns(
            render=render,
            cloudflare=cloudflare,
            supabase=supabase,
            cron_job_org=cron_job_org,
            github=github,
            environ={**urls, **tokens},
            on_github=on_github,
        )


def install_vault(postgres: Postgres, stand_in: Path) -> None:
    """Gives a plain Postgres what Supabase's has: the schema of the vault, as `stand_in` says."""
    sql = stand_in.read_text()

    async def install() -> None:
        connection = await asyncpg.connect(postgres.dsn)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(install())
