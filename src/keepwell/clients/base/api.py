"""One vendor's API: authorised, bounded in time, retried where that is safe, within its limits.

A call that may have been received is sent again only if twice is as good as once.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from keepwell.clients.base.answer import Answer, parsed, parsed_if_json
from keepwell.clients.base.authorities import authorities
from keepwell.clients.base.blotting import Blotter
from keepwell.clients.base.budget import Budget
from keepwell.clients.base.deadline import Deadline
from keepwell.clients.base.failure import CallError, exhaustion, refusal, silence
from keepwell.clients.base.retrying import is_limit, left_none_s, told_s, wait_s
from keepwell.clients.base.terms import Terms
from keepwell.clients.base.vetting import vetted_token, vetted_url
from keepwell.clock import Clock
from keepwell.version import VERSION

_OK = (200,)
_WRITTEN = (200, 201, 202, 204)
_TOLD_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A call, ready to be sent any number of times."""

    method: str
    path: str
    is_idempotent: bool
    expect: Collection[int]
    sending: Mapping[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """Why a call may be tried again.

    The vendor has not acted on it where it never came (`is_unreceived`), or a limit refused it.
    """

    cause: CallError
    why: str
    is_unreceived: bool = False
    is_limited: bool = False


class Api:
    """The calls of one vendor; safe between threads, connections kept open.

    Args:
        terms: how the vendor is called.
        token: the bearer token; it stands in no text that leaves here.
        clock: for waiting.
        transport: a double for tests.
        base_url: another address than the vendor's own; plain http only on this machine.
        progress: is told of waits that a person would notice.
        redact: blots secrets out of what errors quote.

    Raises:
        UsageError: the address is plain http to another machine, or the token is none.
    """

    def __init__(  # noqa: PLR0913 - each is one seam
        self,
        terms: Terms,
        *,
        token: str,
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
        base_url: str = "",
        progress: Callable[[str], None] = lambda _: None,
        redact: Callable[[str], str] = str,
    ) -> None:
        self.terms = terms
        self._clock = clock
        self._blotter = Blotter(token=vetted_token(token, terms=terms), redact=redact)
        self._progress: Callable[[str], None] = lambda line: progress(f"{terms.vendor}: {line}")
        self._budget = Budget(terms.limits, clock=clock, progress=self._progress)
        deadline = Deadline(terms.timeout_s)
        self._client = httpx.Client(
            base_url=vetted_url(base_url or terms.base_url),
            headers={
                "accept": "application/json",
                "user-agent": f"keepwell/{VERSION}",
                **terms.headers,
                "authorization": f"Bearer {token}",
            },
            timeout=terms.timeout_s,
            event_hooks={"request": [deadline.begin], "response": [deadline.bound]},
            transport=transport,
            verify=authorities(),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
        )
        self._calls = 0
        self._counting = threading.Lock()

    @property
    def clock(self) -> Clock:
        """What time is told and waited by."""
        return self._clock

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        return self._calls

    def get(self, path: str, *, params: Any = None, expect: Collection[int] = _OK) -> Answer:
        """Reads; sent again as often as the terms allow."""
        return self._send("GET", path, params=params, expect=expect)

    def put(self, path: str, **sending: Any) -> Answer:
        """Replaces; twice is as good as once."""
        return self._send("PUT", path, **sending)

    def post(self, path: str, **sending: Any) -> Answer:
        """Adds; not sent again once it may have been received, unless `is_idempotent`."""
        return self._send("POST", path, **sending)

    def patch(self, path: str, **sending: Any) -> Answer:
        """Changes; not sent again once it may have been received, unless `is_idempotent`."""
        return self._send("PATCH", path, **sending)

    def delete(self, path: str, **sending: Any) -> Answer:
        """Removes; twice is as good as once."""
        return self._send("DELETE", path, **sending)

    def close(self) -> None:
        """Gives back the connections."""
        self._client.close()

    def _send(
        self,
        method: str,
        path: str,
        *,
        expect: Collection[int] = _WRITTEN,
        is_idempotent: bool | None = None,
        **sending: Any,
    ) -> Answer:
        if is_idempotent is None:
            is_idempotent = method not in ("POST", "PATCH")
        call = _Call(
            method=method, path=path, is_idempotent=is_idempotent, expect=expect, sending=sending
        )
        waited_s = 0.0
        for attempt in range(1, self.terms.tries + 1):
            outcome = self._once(call)
            if isinstance(outcome, Answer):
                return outcome
            error, headers = outcome
            pause_s = wait_s(
                attempt=attempt,
                headers=headers,
                now=self._clock.now(),
                is_limited=error.is_limited,
            )
            waited_s += pause_s
            may_repeat = call.is_idempotent or error.is_unreceived or error.is_limited
            if not may_repeat or attempt == self.terms.tries or waited_s > self.terms.patience_s:
                raise error.cause
            self._wait(pause_s, error.why)
        raise AssertionError("the last attempt answers or raises")

    def _once(self, call: _Call) -> Answer | tuple[_Failure, Mapping[str, str]]:
        """Sends once: an answer, or a failure after which another try may help."""
        too_long_s = self._budget.take(str(call), patience_s=self.terms.patience_s)
        if too_long_s > 0:
            raise exhaustion(self.terms, str(call), wait_s=too_long_s)
        with self._counting:
            self._calls += 1
        try:
            response = self._client.request(call.method, call.path, **call.sending)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return self._silent(call, error, is_unreceived=True), {}
        except httpx.RequestError as error:
            return self._silent(call, error, is_unreceived=False), {}
        left_none = left_none_s(response.headers, now=self._clock.now())
        self._budget.block(left_none, call=str(call))
        return self._judge(call, response)

    def _judge(
        self, call: _Call, response: httpx.Response
    ) -> Answer | tuple[_Failure, Mapping[str, str]]:
        status, headers = response.status_code, response.headers
        if status in call.expect:
            return Answer(status=status, json=self._parsed(call, response), headers=headers)
        is_limited = is_limit(status, headers=headers)
        error = self._blotted(
            refusal(
                self.terms,
                str(call),
                status=status,
                headers=headers,
                body=self._blotter.json(parsed_if_json(response)),
                wait_s=told_s(headers, now=self._clock.now()) if is_limited else None,
            )
        )
        if is_limited or status >= 500:
            return _Failure(cause=error, why=str(status), is_limited=is_limited), headers
        raise error

    def _parsed(self, call: _Call, response: httpx.Response) -> Any:
        try:
            return parsed(response)
        except ValueError as error:
            what = f"what came is no JSON ({error})"
            raise self._blotted(silence(self.terms, str(call), what=what)) from error

    def _silent(self, call: _Call, error: httpx.RequestError, *, is_unreceived: bool) -> _Failure:
        what = "it took too long" if isinstance(error, httpx.TimeoutException) else str(error)
        cause = self._blotted(silence(self.terms, str(call), what=what or type(error).__name__))
        return _Failure(cause=cause, why=type(error).__name__, is_unreceived=is_unreceived)

    def _blotted(self, error: CallError) -> CallError:
        error.message = self._blotter.text(error.message)
        error.hint = self._blotter.text(error.hint)
        error.args = (error.message,)
        return error

    def _wait(self, seconds: float, why: str) -> None:
        if seconds > _TOLD_S:
            self._progress(f"waiting {seconds:.0f} s ({why})")
        self._clock.sleep(seconds)


def segment(text: str) -> str:
    """One segment of a path, whatever characters are in it."""
    return quote(text, safe="")
