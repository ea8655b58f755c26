"""The steps of one request: retries, redirects, API version, conditional requests.

The rules are a generator that yields steps and receives their results, so the asynchronous and the blocking client
share them, and tests can play the network.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Generator
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from artifact_tui.domain.provider import Offline, ProviderError, RateLimited, Refused, SignedOut, TokenNeeded
from artifact_tui.github.decode import nonsense
from artifact_tui.github.http.conditional import AnswerKey, MemoryStore
from artifact_tui.github.http.connections import Interrupted
from artifact_tui.github.http.errors import Refusals, is_about_version
from artifact_tui.github.http.redirects import moved_to
from artifact_tui.github.http.requests import JSON, Method, Request, headers_for
from artifact_tui.github.http.response import Response, read_complaint
from artifact_tui.github.rate_limit import retry_after
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Access
from artifact_tui.retry import API_READ, RetryPolicy

LOG = logging.getLogger("artifact_tui.requests")
"""Method, path and status of each request; never a query, a header or a body."""
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')
"""RFC 9110, 8.8.3; an invalid ETag cannot be sent back."""
ACROSS_ORGANIZATIONS = ("/user/repos", "/search/repositories")
"""Lists that silently leave out organizations, except for a header (GitHub's documentation, "SAML SSO")."""
META = Request(path="/meta", what="The server's description", stored=False)
Result = TypeVar("Result")


class _Meta(Struct):
    installed_version: str = ""


class Outgoing(Struct, frozen=True):
    """A step: send this request; the result is a :class:`Response` or an :class:`Offline`."""

    method: Method
    url: str
    headers: dict[str, str]
    body: bytes = b""


class Delay(Struct, frozen=True):
    """A step: wait this many seconds."""

    seconds: float


Reply = Response | None
Steps = Generator[Outgoing | Delay, Reply, Result]


async def drive(
    steps: Steps[Result],
    send: Callable[[Outgoing], Awaitable[Response]],
    sleep: Callable[[float], Awaitable[object]],
) -> Result:
    """Carry out the steps and return their result; :class:`Offline` is raised inside the generator."""
    try:
        step = next(steps)
        while True:
            if isinstance(step, Delay):
                await sleep(step.seconds)
                step = steps.send(None)
                continue
            try:
                answer = await send(step)
            except Offline as error:
                step = steps.throw(error)
            else:
                step = steps.send(answer)
    except StopIteration as end:
        result: Result = end.value
        return result


def drive_blocking(
    steps: Steps[Result], send: Callable[[Outgoing], Response], sleep: Callable[[float], object]
) -> Result:
    """Carry out the steps in a thread; nothing is awaited, so one ``send`` finishes the coroutine."""

    async def send_now(step: Outgoing) -> Response:
        return send(step)

    async def sleep_now(seconds: float) -> object:
        return sleep(seconds)

    try:
        drive(steps, send_now, sleep_now).send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    raise AssertionError("a blocking step was awaited")


class Exchange:
    """The rules for one host and account."""

    def __init__(
        self,
        record: ServerInfo,
        access: Access,
        *,
        clock: Callable[[], datetime],
        draw: Callable[[], float],
        store: MemoryStore | None = None,
        policy: RetryPolicy = API_READ,
    ) -> None:
        self.record = record
        self.host = record.host
        self._access = access
        self._refusals = Refusals(record.host, access, clock)
        self.clock = clock
        self._draw = draw
        self._store = store
        self._policy = policy

    def learn_release(self) -> Steps[None]:
        """Request an Enterprise Server's release, once, before anything that depends on it."""
        if not self.record.wants_probe:
            return
        try:
            answer = yield from self.steps(META)
        except (Offline, RateLimited):
            raise
        except ProviderError:
            self.record.probed("")
        else:
            self.record.probed(_installed_version(answer))

    def steps(self, request: Request) -> Steps[Response]:
        """Yield the steps of one request; return the successful response or raise an error."""
        url = request.url(self.host)
        for _ in range(5):
            version = self.record.api_version
            answer = yield from self._persistently(request, url, version)
            if answer.status in {301, 307, 308}:
                url = self._new_place(request, answer)
            elif version and answer.status == 400 and is_about_version(read_complaint(answer)):
                self.record.refuse_version()
            else:
                return self._judged(request, answer)
        raise Refused(f"{self.host.name} redirects in a circle.", "Try again later.")

    def _persistently(self, request: Request, url: str, version: str) -> Steps[Response]:
        tries = 1
        while True:
            failure = answer = None
            try:
                answer = yield from self._conditionally(request, url, version)
            except Interrupted as error:
                failure = error
            may_retry = request.method == "GET" and tries < self._policy.tries
            wait = self._wait(tries, answer) if may_retry else None
            if wait is None:
                if answer is None:
                    raise failure or nonsense()
                return answer
            tries += 1
            yield Delay(wait)

    def _wait(self, tries: int, answer: Response | None) -> float | None:
        if answer is not None and answer.status not in {403, 429, 500, 502, 503, 504}:
            return None
        wanted = None if answer is None else retry_after(answer.headers, self.clock())
        if wanted is not None:
            return wanted.total_seconds() if wanted <= timedelta(seconds=self._policy.longest_wait) else None
        if answer is not None and answer.status < 500:
            return None
        return self._policy.delay(tries, self._draw)

    def _conditionally(self, request: Request, url: str, version: str) -> Steps[Response]:
        """Send the request; this is the only place from which any of them leaves."""
        self._raise_if_read_only(request)
        credential = self._access.credential
        token = credential.token if credential else None
        headers = headers_for(self.host, url, token, version)
        store = self._store if request.stored and request.method == "GET" else None
        key = AnswerKey(url, JSON, version, token.identity() if token else "")
        kept = store.get(key) if store else None
        etag = request.etag if kept is None else kept.headers["etag"]
        if _ETAG.fullmatch(etag):
            headers["If-None-Match"] = etag
        if request.body:
            headers["Content-Type"] = "application/json"
        answer = yield Outgoing(request.method, url, headers, request.body)
        if not isinstance(answer, Response):
            raise nonsense()
        LOG.info("%s %s %d", request.method, urlsplit(url).path, answer.status)
        self.record.learn(answer.headers)
        if request.path in ACROSS_ORGANIZATIONS and answer.status == 200:
            self.record.left_out(answer.headers.get("x-github-sso", ""))
        if answer.status == 304 and kept is not None:
            return kept
        if store and answer.status == 200 and _ETAG.fullmatch(answer.headers.get("etag", "")) and answer.is_json:
            store.put(key, answer)
        return answer

    def _raise_if_read_only(self, request: Request) -> None:
        if request.method != "GET" and self.record.connection.read_only:
            what = "nothing is deleted" if request.method == "DELETE" else "nothing is changed"
            step = "Turn it off on the command line, in config.toml or the environment."
            raise Refused(f"Read-only mode: {what}.", step)

    def _new_place(self, request: Request, answer: Response) -> str:
        if request.method != "GET":
            raise Refused("The repository has moved. Nothing was changed.", "Open it under its new name.")
        location = answer.headers.get("location", "") or read_complaint(answer).url
        return moved_to(self.host, answer.url, location)

    def _judged(self, request: Request, answer: Response) -> Response:
        if request.redirects_away and answer.status == 302:
            return answer
        if request.method != "GET" and answer.status == 204:
            return answer
        if request.etag and answer.status == 304:
            return answer
        if request.method == "GET" and answer.status == 200 and not request.redirects_away:
            if not answer.is_json:
                raise self._refusals.no_json(request, answer)
            return answer
        error = self._refusals.error(request, answer)
        error.status = answer.status
        if isinstance(error, SignedOut | TokenNeeded):
            self.record.wants_token(error.sentence)
        raise error


def _installed_version(answer: Response) -> str:
    try:
        return msgspec.json.decode(answer.body, type=_Meta).installed_version
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
