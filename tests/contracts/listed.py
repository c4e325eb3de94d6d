"""The deviations that are right, by vendor."""

from collections.abc import Mapping, Sequence

from tests.contracts.deviations import Deviation

DEVIATIONS: Mapping[str, Sequence[Deviation]] = {
    "render": (
        Deviation(
            operation="*",
            place="*serviceDetails",
            message="is valid under more than one of the alternatives",
            reason="described as oneOf, although every worker's details are a private service's too",
        ),
        Deviation(
            operation="*",
            place="*autoDeployTrigger",
            message="is not described",
            reason="younger than the description of 2025-12; Render's TypeScript SDK of 2026-08 has it",
        ),
        Deviation(
            operation="GET *events",
            place="*event.details",
            message="is valid under more than one of the alternatives",
            reason="described as oneOf, although some of the kinds of events have no field of their own",
        ),
        Deviation(
            operation="GET *events",
            place="*cursor",
            message="is not described",
            reason="required by the description, which then leaves out what it is",
        ),
        Deviation(
            operation="GET *",
            place="answer 403",
            message="is not described",
            reason="left out for lists, though a key without rights to a workspace is answered 403",
        ),
        Deviation(
            operation="GET */events",
            place="answer 200 [].event.details",
            message="is valid under more than one of the alternatives",
            reason="described as oneOf, although the end of a deploy has all that its begin must have",
        ),
        Deviation(
            operation="GET */events",
            place="answer 200 [].cursor",
            message="is not described",
            reason="required there, and only by an oversight not among the properties",
        ),
        Deviation(
            operation="GET /metrics/*",
            place="answer 200 [].values[].unit",
            message="is not described",
            reason="required there, and only by an oversight not among the properties",
        ),
    ),
    "cloudflare": (
        Deviation(
            operation="*/bot_management",
            place="*",
            message="is valid under more than one of the alternatives",
            reason="described as oneOf, although the plans' settings have all fields in common",
        ),
        Deviation(
            operation="*/dns_records*",
            place="request body",
            message="'id' is a required property",
            reason="required of requests too, although Cloudflare is who makes it up",
        ),
        Deviation(
            operation="*",
            place="answer 500",
            message="is not described",
            reason="no failure of a server is described, and every server can fail",
        ),
    ),
    "supabase": (),
    "cron-job-org": (),
    "github": (),
}
