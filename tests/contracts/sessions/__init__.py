"""Scripted sessions of each vendor's real client with its stand-in; a session answers exchanges."""

from collections.abc import Callable, Mapping, Sequence

from keepwell.rehearsal.simulators.base import Exchange
from tests.contracts.sessions import (
    cloudflare,
    cronjob,
    dns,
    github,
    render,
    render_deploys,
    supabase,
)

Session = Callable[[], list[Exchange]]

SESSIONS: Mapping[str, Sequence[Session]] = {
    "render": (render.session, render_deploys.session),
    "cloudflare": (cloudflare.session, dns.session),
    "supabase": (supabase.session,),
    "cron-job-org": (cronjob.session,),
    "github": (github.session,),
}
