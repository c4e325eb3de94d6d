"""What Cloudflare's API answers about rulesets.

Source: https://developers.cloudflare.com/ruleset-engine/rulesets-api (read 2026-11). There are no
calls for single rules: the documentation asks to change a ruleset as a whole.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from keepwell.rehearsal.simulators.cloudflare.answering import Refusal, Row, answered, body_of
from keepwell.rehearsal.simulators.cloudflare.rate_checks import OTHERWISE
from keepwell.rehearsal.simulators.cloudflare.rule_checks import check_rules
from keepwell.rehearsal.simulators.cloudflare.rulesets import Ruleset
from keepwell.rehearsal.simulators.cloudflare.world import World

_FIXED = ("name", "kind", "phase")
_KNOWN = {"id", "version", "last_updated", "description", "rules", *_FIXED}


class RulesetCalls:
    """Rulesets of the zone, by phase and by id."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def rulesets(self, request: Request) -> Response:  # noqa: ARG002
        """GET /zones/{zone}/rulesets: without their rules."""
        held = self._world.rulesets.by_phase.values()
        return answered([_without_rules(each.now) for each in held])

    async def post(self, request: Request) -> Response:
        """POST /zones/{zone}/rulesets: refused where the phase has one."""
        is_trial, body = _is_trial(request), await body_of(request)
        phase, kind = str(body.get("phase", "")), body.get("kind")
        if kind != "zone" or not body.get("name"):
            raise Refusal("name and the kind 'zone' are needed", code=OTHERWISE, pointer="/kind")
        if phase in self._world.rulesets.by_phase:
            message = (
                "'zone' is not a valid value for kind because exceeded maximum number of zone "
                f"rulesets for phase {phase}"
            )
            raise Refusal(message, code=20217, pointer="/kind")
        return self._put(phase, body, is_trial=is_trial)

    async def entry_point(self, request: Request) -> Response:
        """GET /zones/{zone}/rulesets/phases/{phase}/entrypoint."""
        return answered(self._of_phase(request).now)

    async def put_entry_point(self, request: Request) -> Response:
        """PUT of the same: makes it where there is none, and replaces all rules."""
        is_trial, body = _is_trial(request), await body_of(request)
        phase = request.path_params["phase"]
        _check_fixed(body, {"kind": "zone", "phase": phase, "name": "default"})
        return self._put(phase, body, is_trial=is_trial)

    async def entry_point_versions(self, request: Request) -> Response:
        """GET .../entrypoint/versions: all of them, without their rules."""
        return answered([_without_rules(each) for each in self._of_phase(request).versions])

    async def entry_point_version(self, request: Request) -> Response:
        """GET .../entrypoint/versions/{version}."""
        return _version(request, self._of_phase(request))

    async def ruleset(self, request: Request) -> Response:
        """GET /zones/{zone}/rulesets/{ruleset}."""
        return answered(self._of_id(request).now)

    async def put_ruleset(self, request: Request) -> Response:
        """PUT of the same: replaces all rules."""
        ruleset = self._of_id(request)
        is_trial, body = _is_trial(request), await body_of(request)
        _check_fixed(body, {"kind": "zone", "phase": ruleset.phase, "name": "default"})
        return self._put(ruleset.phase, body, is_trial=is_trial)

    async def delete_ruleset(self, request: Request) -> Response:
        """DELETE of the same, with its versions."""
        ruleset = self._of_id(request)
        if not _is_trial(request):
            del self._world.rulesets.by_phase[ruleset.phase]
        return Response(status_code=204)

    def _put(self, phase: str, body: Row, *, is_trial: bool) -> Response:
        if unknown := sorted(body.keys() - _KNOWN):
            message = f'unknown field "{unknown[0]}"'
            raise Refusal(message, code=OTHERWISE, pointer=f"/{unknown[0]}")
        rules = body.get("rules", [])
        check_rules(phase, rules, plan=self._world.plan)
        if is_trial:
            return answered(None)
        description = str(body.get("description", ""))
        return answered(self._world.rulesets.put(phase, rules, description=description).now)

    def _of_phase(self, request: Request) -> Ruleset:
        phase = request.path_params["phase"]
        if phase not in self._world.rulesets.by_phase:
            message = f'could not find entrypoint ruleset in the "{phase}" phase'
            raise Refusal(message, status=404, code=10003)
        return self._world.rulesets.by_phase[phase]

    def _of_id(self, request: Request) -> Ruleset:
        ruleset = self._world.rulesets.by_id(request.path_params["ruleset"])
        if ruleset is None:
            raise Refusal("could not find ruleset", status=404, code=10001)
        return ruleset


def _is_trial(request: Request) -> bool:
    """Whether the call is only to be judged: `dry_run` is true or false, and nothing else."""
    value = request.query_params.get("dry_run", "false")
    if value not in ("true", "false"):
        raise Refusal(f"'{value}' is not a valid value for dry_run", code=OTHERWISE)
    return value == "true"


def _check_fixed(body: Row, fixed: dict[str, Any]) -> None:
    for name, value in fixed.items():
        if body.get(name, value) != value:
            raise Refusal(f"{name} cannot be changed", code=OTHERWISE, pointer=f"/{name}")


def _version(request: Request, ruleset: Ruleset) -> Response:
    wanted = request.path_params["version"]
    found = [each for each in ruleset.versions if each["version"] == wanted]
    if not found:
        raise Refusal(f"could not find version {wanted}", status=404, code=10002)
    return answered(found[0])


def _without_rules(version: Row) -> Row:
    return {name: value for name, value in version.items() if name != "rules"}
