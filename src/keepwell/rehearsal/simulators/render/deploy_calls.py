"""What Render's API answers about deploys, what happened, and what it measured.

Source: https://api-docs.render.com/reference (read 2026-11).
"""

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.render import shapes
from keepwell.rehearsal.simulators.render.answering import (
    Missing,
    OnWorld,
    Wrong,
    body_of,
    page,
    split,
)
from keepwell.rehearsal.simulators.render.things import Deploy
from keepwell.rehearsal.simulators.render.world import MOVING

_SEEN = timedelta(hours=1)
_STEP = timedelta(minutes=1)
_DEPLOY = {"commitId": str, "clearCache": str, "imageUrl": str, "deployMode": str}


class DeployCalls(OnWorld):
    """The calls on deploys, events and metrics."""

    async def deploys(self, request: Request) -> Response:
        """GET /services/{id}/deploys, newest first."""
        rows = [shapes.deploy(each) for each in self._service(request).deploys]
        wanted = request.query_params.getlist("status")
        return page(request, "deploy", [r for r in rows if not wanted or r["status"] in wanted])

    async def post_deploy(self, request: Request) -> Response:
        """POST /services/{id}/deploys: 201, or 202 with an empty body where it is queued."""
        service, body = self._service(request), await body_of(request, _DEPLOY)
        if body.get("deployMode") == "deploy_only" and len(body) > 1:
            raise Wrong("deploy_only goes with nothing else")
        is_busy = any(each.status in MOVING for each in service.deploys)
        deploy = self._world.add_deploy(service, commit=body.get("commitId"), trigger="api")
        if self._world.queues_deploys or (is_busy and not self._world.overrides_deploys):
            deploy.status = "queued"
            return Response(status_code=202)
        return JSONResponse(shapes.deploy(deploy), 201)

    async def deploy(self, request: Request) -> Response:
        """GET /services/{id}/deploys/{id}."""
        return JSONResponse(shapes.deploy(self._deploy(request, request.path_params["deploy"])))

    async def cancel_deploy(self, request: Request) -> Response:
        """POST /services/{id}/deploys/{id}/cancel."""
        deploy = self._deploy(request, request.path_params["deploy"])
        if deploy.status not in MOVING:
            raise Wrong(f"{deploy.id} is {deploy.status}")
        self._world.end(self._service(request), deploy, status="canceled")
        return JSONResponse(shapes.deploy(deploy))

    async def rollback(self, request: Request) -> Response:
        """POST /services/{id}/rollback: a new deploy of an old one's commit."""
        body = await body_of(request, {"deployId": str}, needed="deployId")
        service, old = self._service(request), self._deploy(request, body["deployId"])
        made = self._world.add_deploy(service, commit=old.commit, trigger="rollback")
        return JSONResponse(shapes.deploy(made), 201)

    async def events(self, request: Request) -> Response:
        """GET /services/{id}/events, newest first; of the last hour unless told."""
        now = self._world.clock.now()
        start = _moment(request, "startTime", now - _SEEN)
        end = _moment(request, "endTime", now)
        types = split(request, "type")
        rows = [
            shapes.event(each)
            for each in self._service(request).events
            if start <= each.at <= end and (not types or each.type in types)
        ]
        return page(request, "event", rows)

    async def cpu(self, request: Request) -> Response:
        """GET /metrics/cpu: one series for each service asked for, of the last hour."""
        now = self._world.clock.now()
        moments = [shapes.moment(now - _STEP * n) for n in range(60, -1, -1)]
        wanted = map(self._world.services.get, request.query_params.getlist("resource"))
        return JSONResponse(
            [
                {
                    "labels": [{"field": "resource", "value": each.id}],
                    "values": [
                        {"timestamp": at, "value": each.cpu, "unit": "cpu"} for at in moments
                    ],
                    "unit": "cpu",
                }
                for each in wanted
                if each is not None
            ]
        )

    def _deploy(self, request: Request, id: str) -> Deploy:  # noqa: A002 - Render's word
        for each in self._service(request).deploys:
            if each.id == id:
                return each
        raise Missing(id)


def _moment(request: Request, name: str, default: datetime) -> datetime:
    text = request.query_params.get(name)
    try:
        return datetime.fromisoformat(text) if text else default
    except ValueError:
        raise Wrong(f"{name} is no time") from None
