"""A stand-in for GitHub's API: one repository, as far as refs, statuses and issues go.

The quota is that of a workflow's own token. Source:
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api (read 2026-11).
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.base import Desk, Policy
from keepwell.rehearsal.simulators.github.answering import Handler, Refusal, refused, worded
from keepwell.rehearsal.simulators.github.commit_calls import CommitCalls
from keepwell.rehearsal.simulators.github.git_calls import GitCalls
from keepwell.rehearsal.simulators.github.issue_calls import IssueCalls
from keepwell.rehearsal.simulators.github.world import FIRST, GitHubWorld

__all__ = ["FIRST", "GitHubSimulator", "GitHubWorld"]

Table = tuple[tuple[str, str, Handler, str], ...]


class GitHubSimulator:
    """`app` is served; `world` is the repository; `desk` stands before it."""

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = "ghs_simulated",  # noqa: S107 - opens nothing
        repository: str = "livestreamsell/livestreamsell",
        latency_s: float = 0.0,
        limits: bool = False,
    ) -> None:
        self.world = GitHubWorld(clock=clock)
        self.desk = Desk(
            token=token, clock=clock, latency_s=latency_s, limits=limits, policy=_policy(clock)
        )
        self.app = self.desk.mount(_application(self.world, repository))


def _policy(clock: Clock) -> Policy:
    return Policy(
        refuse=worded,
        quotas=((lambda method, path: True, 1000, 3600.0),),  # noqa: ARG005
        headers=lambda limit, left, reset_s: {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(max(0, left)),
            "x-ratelimit-used": str(limit - max(0, left)),
            "x-ratelimit-reset": str(round(clock.now().timestamp() + reset_s)),
        },
        request_id="x-github-request-id",
        says_retry_after=False,
    )


def _application(world: GitHubWorld, repository: str) -> Starlette:
    async def about(request: Request) -> Response:  # noqa: ARG001
        return JSONResponse({"full_name": repository, "default_branch": "main"})

    table: Table = (
        ("GET", "", about, "metadata"),
        *_of_git(world),
        *_of_commits(world),
        *_of_issues(world, repository),
    )
    routes = [
        Route(
            f"/repos/{repository}{path}",
            _guarded(world, call, permission=permission),
            methods=[method],
        )
        for method, path, call, permission in table
    ]
    application = Starlette(
        routes=routes, exception_handlers={Refusal: refused, 404: refused, 405: refused}
    )
    application.router.redirect_slashes = False
    return application


def _of_git(world: GitHubWorld) -> Table:
    calls = GitCalls(world)
    return (
        ("POST", "/git/tags", calls.make_tag, "contents"),
        ("GET", "/git/tags/{sha}", calls.tag, "contents"),
        ("POST", "/git/blobs", calls.make_blob, "contents"),
        ("POST", "/git/trees", calls.make_tree, "contents"),
        ("POST", "/git/commits", calls.make_commit, "contents"),
        ("POST", "/git/refs", calls.make_ref, "contents"),
        ("GET", "/git/ref/{ref:path}", calls.ref, "contents"),
        ("GET", "/git/matching-refs/{ref:path}", calls.matching_refs, "contents"),
        ("PATCH", "/git/refs/{ref:path}", calls.move_ref, "contents"),
        ("DELETE", "/git/refs/{ref:path}", calls.delete_ref, "contents"),
    )


def _of_commits(world: GitHubWorld) -> Table:
    calls = CommitCalls(world)
    return (
        ("POST", "/statuses/{sha}", calls.make_status, "statuses"),
        ("GET", "/commits/{sha}/statuses", calls.statuses, "statuses"),
        ("GET", "/commits/{sha}/status", calls.combined, "statuses"),
        ("GET", "/commits/{sha}/pulls", calls.pulls, "pull_requests"),
    )


def _of_issues(world: GitHubWorld, repository: str) -> Table:
    calls, one = IssueCalls(world, repository), "/issues/{number:int}"
    return (
        ("GET", "/issues", calls.issues, "issues"),
        ("POST", "/issues", calls.make_issue, "issues"),
        ("GET", one, calls.issue, "issues"),
        ("PATCH", one, calls.patch_issue, "issues"),
        ("GET", f"{one}/comments", calls.comments, "issues"),
        ("POST", f"{one}/comments", calls.comment, "issues"),
        ("PATCH", "/issues/comments/{id:int}", calls.patch_comment, "issues"),
        ("GET", "/labels", calls.labels, "issues"),
        ("POST", "/labels", calls.make_label, "issues"),
    )


def _guarded(world: GitHubWorld, call: Handler, *, permission: str) -> Handler:
    async def answer(request: Request) -> Response:
        if permission in world.missing:
            access = "read" if request.method == "GET" else "write"
            headers = {"x-accepted-github-permissions": f"{permission}={access}"}
            raise Refusal(403, "Resource not accessible by integration", headers=headers)
        response: Response = await call(request)
        return response

    return answer
