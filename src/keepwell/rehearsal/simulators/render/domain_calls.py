"""What Render's API answers about custom domains.

Source: https://render.com/docs/custom-domains and https://api-docs.render.com/reference (read
2026-11).
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from keepwell.rehearsal.simulators.render import shapes
from keepwell.rehearsal.simulators.render.answering import Missing, OnWorld, body_of, page
from keepwell.rehearsal.simulators.render.things import Domain


class DomainCalls(OnWorld):
    """The calls on custom domains, which go by name or by id."""

    async def domains(self, request: Request) -> Response:
        """GET /services/{id}/custom-domains."""
        rows = [shapes.domain(each) for each in self._service(request).domains.values()]
        return page(request, "customDomain", rows)

    async def post_domain(self, request: Request) -> Response:
        """POST /services/{id}/custom-domains: a list, for an apex has its www beside it."""
        service = self._service(request)
        name = (await body_of(request, {"name": str}, needed="name"))["name"]
        if any(name in each.domains for each in self._world.services.values()):
            return JSONResponse({"message": f"{name} is in use"}, status_code=409)
        made = self._world.add_domains(service, name)
        return JSONResponse([shapes.domain(each) for each in made], 201)

    async def domain(self, request: Request) -> Response:
        """GET /services/{id}/custom-domains/{idOrName}."""
        return JSONResponse(shapes.domain(self._domain(request)))

    async def verify_domain(self, request: Request) -> Response:
        """POST .../verify: begins, and answers before it is done."""
        self._world.check_again(self._domain(request))
        return Response(status_code=202)

    async def delete_domain(self, request: Request) -> Response:
        """DELETE /services/{id}/custom-domains/{idOrName}."""
        del self._service(request).domains[self._domain(request).name]
        return Response(status_code=204)

    def _domain(self, request: Request) -> Domain:
        wanted = request.path_params["domain"]
        for each in self._service(request).domains.values():
            if wanted in (each.id, each.name):
                return each
        raise Missing(wanted)
