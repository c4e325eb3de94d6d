"""Sends octoDNS's calls to Cloudflare: counted, within the limit, repeated where that is safe.

octoDNS speaks requests, so this is an adapter of requests. It raises keepwell's errors itself: what
octoDNS would make of a bad answer has lost the call.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException, Response
from requests.adapters import BaseAdapter, HTTPAdapter

from keepwell.clients.base import CallError
from keepwell.clients.base.blotting import Blotter
from keepwell.clients.base.budget import Budget
from keepwell.clients.base.failure import exhaustion, refusal, silence
from keepwell.clients.base.retrying import is_limit, wait_s
from keepwell.clients.base.vetting import vetted_token
from keepwell.clients.dns.terms import TERMS
from keepwell.clock import Clock

_FULL = 81045
"""Cloudflare's code for a zone that holds as many records as its plan takes."""

_REPEATABLE = {"GET", "PUT"}
"""A DELETE that got through unheard would answer 404 the second time."""

_TOLD_S = 2.0


class Door(BaseAdapter):
    """What every call goes through; `inner` does the sending."""

    def __init__(  # noqa: PLR0913 - made in one place
        self,
        inner: BaseAdapter | None,
        *,
        clock: Clock,
        zone: str,
        token: str,
        url: str,
        progress: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.calls = 0
        self._inner = inner or HTTPAdapter()
        self._clock = clock
        self._zone = zone
        self._blotter = Blotter(token=vetted_token(token, terms=TERMS))
        self._base_path = urlsplit(url).path.rstrip("/")
        self._progress: Callable[[str], None] = lambda line: progress(f"{TERMS.vendor}: {line}")
        self._budget = Budget(TERMS.limits, clock=clock, progress=self._progress)

    def close(self) -> None:
        """Closes the connections."""
        self._inner.close()

    def send(self, request: PreparedRequest, *args: Any, **sending: Any) -> Response:
        """The answer to a call, which then is Cloudflare's JSON and says that it succeeded.

        Raises:
            ApiError: Cloudflare refuses, or did not answer, and trying again did not help.
        """
        waited_s = 0.0
        for attempt in range(1, TERMS.tries + 1):
            outcome = self._once(request, lambda: self._inner.send(request, *args, **sending))
            if isinstance(outcome, Response):
                return outcome
            error, headers = outcome
            is_limited = is_limit(error.status or 0, headers=headers)
            now = self._clock.now()
            pause_s = wait_s(attempt=attempt, headers=headers, now=now, is_limited=is_limited)
            waited_s += pause_s
            may_repeat = is_limited or request.method in _REPEATABLE
            if not may_repeat or attempt == TERMS.tries or waited_s > TERMS.patience_s:
                raise error
            if pause_s > _TOLD_S:
                self._progress(f"waiting {pause_s:.0f} s ({error.message})")
            self._clock.sleep(pause_s)
        raise AssertionError("the last attempt answers or raises")

    def _once(
        self, request: PreparedRequest, send: Callable[[], Response]
    ) -> Response | tuple[CallError, Mapping[str, str]]:
        """Sends once: an answer, or an error after which another try may help."""
        call = self._named(request)
        too_long_s = self._budget.take(call, patience_s=TERMS.patience_s)
        if too_long_s > 0:
            raise exhaustion(TERMS, call, wait_s=too_long_s)
        self.calls += 1
        try:
            response = send()
            _ = response.content  # read here, where a cut connection is still ours to handle
        except RequestException as error:
            return silence(TERMS, call, what=_why(error)), {}
        return self._judge(call, response)

    def _judge(
        self, call: str, response: Response
    ) -> Response | tuple[CallError, Mapping[str, str]]:
        body, status = self._blotter.json(_parsed(response)), response.status_code
        if status == 200 and isinstance(body, dict) and body.get("success") is True:
            return response
        if status == 200 and not isinstance(body, dict):
            return silence(TERMS, call, what="what came is no JSON object"), {}
        error = refusal(TERMS, call, status=status, headers=response.headers, body=body)
        if status == 403:  # tokens are for zones: say which one lacks the permission
            error.hint = f"{error.hint} for {self._zone}"
        if _FULL in _codes(body):
            error.hint = "delete records that nobody needs, or take a larger plan"
        if status == 429 or status >= 500:
            return error, response.headers
        raise error

    def _named(self, request: PreparedRequest) -> str:
        path = urlsplit(str(request.url)).path.removeprefix(self._base_path)
        return f"{request.method} {path}"


def _codes(body: Any) -> set[Any]:
    errors = body.get("errors") if isinstance(body, dict) else None
    return {each.get("code") for each in errors or () if isinstance(each, dict)}


def _parsed(response: Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _why(error: RequestException) -> str:
    """In a word: what requests says holds the address, query and all."""
    words = {"ConnectTimeout": "it took too long", "ReadTimeout": "it took too long"}
    return words.get(type(error).__name__, type(error).__name__)
