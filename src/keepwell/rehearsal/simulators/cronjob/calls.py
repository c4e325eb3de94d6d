"""What cron-job.org's API answers: a status, and a body only where all is well.

Source: https://docs.cron-job.org/rest-api.html (read 2026-11), and the server's code, api/, for the
content type.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.cronjob.world import CronJobWorld

_HIDDEN = ("auth", "notification", "extendedData")


class Calls:
    """The calls, on one account."""

    def __init__(self, world: CronJobWorld) -> None:
        self._world = world

    async def jobs(self, request: Request) -> Response:
        """GET /jobs: without their details."""
        del request
        rows = [
            {name: value for name, value in self._world.details(id_).items() if name not in _HIDDEN}
            for id_ in self._world.jobs
        ]
        return JSONResponse({"jobs": rows, "someFailed": False})

    async def create(self, request: Request) -> Response:
        """PUT /jobs."""
        given = (await _body(request)).get("job")
        if not isinstance(given, dict) or not given.get("url"):
            return Response(status_code=400)
        return JSONResponse({"jobId": self._world.add(given)})

    async def job(self, request: Request) -> Response:
        """GET /jobs/{id}."""
        job_id = request.path_params["job"]
        if job_id not in self._world.jobs:
            return Response(status_code=404)
        return JSONResponse({"jobDetails": self._world.details(job_id)})

    async def patch(self, request: Request) -> Response:
        """PATCH /jobs/{id}."""
        job_id = request.path_params["job"]
        if job_id not in self._world.jobs:
            return Response(status_code=404)
        delta = (await _body(request)).get("job")
        if not isinstance(delta, dict):
            return Response(status_code=400)
        self._world.change(job_id, delta)
        return JSONResponse({})

    async def delete(self, request: Request) -> Response:
        """DELETE /jobs/{id}."""
        if request.path_params["job"] not in self._world.jobs:
            return Response(status_code=404)
        self._world.delete(request.path_params["job"])
        return JSONResponse({})

    async def history(self, request: Request) -> Response:
        """GET /jobs/{id}/history."""
        job_id = request.path_params["job"]
        if job_id not in self._world.jobs:
            return Response(status_code=404)
        rows, times = self._world.kept(job_id), self._world.predictions(job_id)
        return JSONResponse({"history": rows, "predictions": times})

    async def item(self, request: Request) -> Response:
        """GET /jobs/{id}/history/{identifier}."""
        for row in self._world.history.get(request.path_params["job"], []):
            if row["identifier"] == request.path_params["identifier"]:
                return JSONResponse({"jobHistoryDetails": row})
        return Response(status_code=404)

    async def folders(self, request: Request) -> Response:
        """GET /folders."""
        del request
        rows = [
            {"folderId": number, "title": title} for number, title in self._world.folders.items()
        ]
        return JSONResponse({"folders": rows})

    async def create_folder(self, request: Request) -> Response:
        """PUT /folders: a title belongs to one."""
        title, status = await self._title(request)
        if status:
            return Response(status_code=status)
        number = self._world.next_id()
        self._world.folders[number] = title
        return JSONResponse({"folderId": number})

    async def patch_folder(self, request: Request) -> Response:
        """PATCH /folders/{id}."""
        title, status = await self._title(request)
        if request.path_params["folder"] not in self._world.folders:
            status = 404
        if status:
            return Response(status_code=status)
        self._world.folders[request.path_params["folder"]] = title
        return JSONResponse({})

    async def delete_folder(self, request: Request) -> Response:
        """DELETE /folders/{id}: its jobs stay, in none."""
        number = request.path_params["folder"]
        if self._world.folders.pop(number, None) is None:
            return Response(status_code=404)
        for job in self._world.jobs.values():
            job["folderId"] = 0 if job["folderId"] == number else job["folderId"]
        return JSONResponse({})

    async def _title(self, request: Request) -> tuple[str, int]:
        """The title sent, and the status that refuses it: 0 where none does."""
        title = str((await _body(request)).get("title", "")).strip()
        others = {
            each
            for number, each in self._world.folders.items()
            if number != request.path_params.get("folder")
        }
        return title, 400 if not title else 409 if title in others else 0


async def _body(request: Request) -> dict[str, Any]:
    """The body, which counts only under one of two exact content types."""
    if request.headers.get("content-type") not in ("application/json", "text/json"):
        return {}
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def nothing(request: Request, error: Exception) -> Response:
    """What is not there is answered without a word."""
    del request, error
    return Response(status_code=404)
