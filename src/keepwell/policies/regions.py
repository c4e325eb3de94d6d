"""Compute and database in one place. Does not measure: `verify` does, against the same budget."""

from collections.abc import Iterator, Mapping

from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding
from keepwell.policies._rule import Rule

RULE = Rule(name="regions", see="https://render.com/docs/regions")

AWS_BY_RENDER: Mapping[str, str] = {
    "virginia": "us-east-1",
    "ohio": "us-east-2",
    "oregon": "us-west-2",
    "frankfurt": "eu-central-1",
    "singapore": "ap-southeast-1",
}
"""Matched by city; Render publishes no AWS names, so this is an inference.

Sources: https://render.com/docs/regions, https://supabase.com/docs/guides/platform/regions
(read 2026-11).
"""

SAME_CITY_MS = 1.0
NEXT_REGION_MS = 10.0


class Regions:
    """Render and Supabase stand in the same physical region, and the network budget says so."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """Each query crosses the network between them, and neither can be moved later.

        Render's private network ends at the region, too. Regions are matched by city. The budget
        must be one that neighbours keep (some 1 ms) and that another region (over 10 ms) breaks.
        """
        found = [*_region(stack), *_elsewhere(stack), *_budget(stack)]
        return found or [
            RULE.passes(
                f"Render {stack.render.region} = AWS {stack.region} = "
                f"Supabase {stack.supabase.region} (by city); "
                f"network budget {stack.network.budget_ms:g} ms",
                path="region",
            )
        ]


def _region(stack: Stack) -> Iterator[Finding]:
    if stack.region not in AWS_BY_RENDER.values():
        yield RULE.fails(
            f"region {stack.region} has no Render region in the same city",
            path="region",
            why="compute and database cannot be neighbours there",
            hint=f"Choose one of {', '.join(AWS_BY_RENDER.values())}",
        )


def _elsewhere(stack: Stack) -> Iterator[Finding]:
    if stack.supabase.region != stack.region:
        yield RULE.fails(
            f"Supabase stands in {stack.supabase.region}, the stack in {stack.region}",
            path="supabase.region",
            why="each query crosses the network between them; a project cannot be moved",
            hint=f"Set supabase.region to {stack.region}, or make a new project there",
            see="https://supabase.com/docs/guides/platform/regions",
        )
    for path, region in _render_regions(stack):
        if AWS_BY_RENDER[region] != stack.region:
            yield RULE.fails(
                f"Render {region} is AWS {AWS_BY_RENDER[region]}, the stack stands in "
                f"{stack.region}",
                path=path,
                why="each query crosses the network between them, the private network ends at "
                "the region, and the region of a service cannot be changed",
                hint=_render_hint(stack.region),
            )


def _render_regions(stack: Stack) -> Iterator[tuple[str, str]]:
    yield "render.region", stack.render.region
    for kind, found in (
        ("services", stack.render.services),
        ("key_values", stack.render.key_values),
    ):
        for key, resource in found.items():
            if resource.region is not None:
                yield f"render.{kind}.{key}.region", resource.region


def _render_hint(region: str) -> str:
    fitting = [render for render, aws in AWS_BY_RENDER.items() if aws == region]
    return f"Set it to {fitting[0]}" if fitting else "Choose a region that both vendors have"


def _budget(stack: Stack) -> Iterator[Finding]:
    budget_ms = stack.network.budget_ms
    if budget_ms <= 0:
        yield RULE.fails(
            f"the network budget is {budget_ms:g} ms",
            path="network.budget_ms",
            why="no network keeps it, so every check would fail",
            hint="Set network.budget_ms to 10",
        )
    elif budget_ms < SAME_CITY_MS:
        yield RULE.warns(
            f"the network budget of {budget_ms:g} ms is below {SAME_CITY_MS:g} ms",
            path="network.budget_ms",
            why="data centres of one city are 1 to 2 ms apart, so it will rarely be kept",
            hint="Set network.budget_ms to 10",
        )
    elif budget_ms > NEXT_REGION_MS:
        yield RULE.warns(
            f"the network budget of {budget_ms:g} ms is above {NEXT_REGION_MS:g} ms",
            path="network.budget_ms",
            why="the next region keeps it as well, so it no longer shows that a service stands "
            "in the wrong one",
            hint="Set network.budget_ms to 10 or less",
        )
