"""The real vendors answer as they are described: `pytest --live -m live`, with their tokens set.

Only reads, what a plan of stack.yaml reads; KEEPWELL_LIVE_STACK names another stack file. A vendor
without a token fails: whoever asks for the real thing wants to know.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest

from keepwell.clients import cloudflare, cronjob, render, supabase
from keepwell.clients.base import Api, Terms
from keepwell.clock import SystemClock
from keepwell.commands.planning import Scope, desired_of, read_subject
from keepwell.commands.vendors import Vendor
from keepwell.model.stack import Stack
from tests.contracts.described import violations
from tests.contracts.descriptions import describe
from tests.contracts.deviations import without_deviations
from tests.contracts.exchanges import Made
from tests.contracts.listed import DEVIATIONS
from tests.worlds import make_world

pytestmark = [pytest.mark.live, pytest.mark.enable_socket]


class Recorder(httpx.HTTPTransport):
    """Keeps every exchange."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: list[Made] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        response.read()
        self.exchanges.append(
            Made(
                method=request.method,
                path=request.url.path,
                query=request.url.query.decode(),
                request_headers=dict(request.headers),
                request_body=request.content,
                status=response.status_code,
                answer_headers=dict(response.headers),
                answer_body=response.content,
            )
        )
        return response


Make = Callable[[Api, Stack], Vendor]


def _render(api: Api, stack: Stack) -> Vendor:
    return render.Render(api, clock=SystemClock(), lookup=os.environ.get)


def _supabase(api: Api, stack: Stack) -> Vendor:
    project = stack.supabase.project
    return supabase.Supabase(api, clock=SystemClock(), lookup=os.environ.get, project=project)


def _cloudflare(api: Api, stack: Stack) -> Vendor:
    return cloudflare.Cloudflare(api, zone=stack.cloudflare.zone, lookup=os.environ.get)


def _cronjob(api: Api, stack: Stack) -> Vendor:
    prefix = f"keepwell:{stack.name}/"
    return cronjob.CronJob(api, clock=SystemClock(), lookup=os.environ.get, prefix=prefix)


VENDORS: Mapping[str, tuple[Terms, Make]] = {
    "render": (render.TERMS, _render),
    "supabase": (supabase.TERMS, _supabase),
    "cloudflare": (cloudflare.TERMS, _cloudflare),
    "cron-job-org": (cronjob.TERMS, _cronjob),
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_real_vendor_answers_as_it_is_described(vendor: str, schemas: Path):
    terms, make = VENDORS[vendor]
    subject = read_subject(
        Scope(stack=Path(os.environ.get("KEEPWELL_LIVE_STACK", "stack.yaml"))), world=make_world()
    )
    desired = [each for each in desired_of(subject, render_ranges=()) if each.vendor == vendor]
    recorder = Recorder()
    api = Api(terms, token=os.environ[terms.token_name], clock=SystemClock(), transport=recorder)
    make(api, subject.stack).observe(desired)
    api.close()
    found = violations(recorder.exchanges, describe(vendor, folder=schemas))
    outcome = without_deviations(found, DEVIATIONS[vendor])
    assert recorder.exchanges
    assert [str(each) for each in outcome.wrong] == []
