"""The deviations that are right, by vendor."""

from collections.abc import Mapping, Sequence

from tests.contracts.deviations import Deviation

DEVIATIONS: Mapping[str, Sequence[Deviation]] = {
    "render": (),
    "cloudflare": (),
    "supabase": (),
    "cron-job-org": (),
    "github": (),
}
