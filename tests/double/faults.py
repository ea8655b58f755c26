"""Trouble on demand: what a test can make the demo server do instead of answering.

A `Fault` matches requests by `"METHOD path"`, with `*` for anything: `"DELETE /repos/*/actions/artifacts/*"`,
`"GET blob:*"` for the storage host, `"* *"` for everything. It either replaces the answer (`status`,
`headers`, `body`), breaks the connection before an answer (`broken`), or spoils the body of the real answer
(`cut_at`, `corrupt_at`, `stall_at`, `reset_at`: offsets in bytes).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import inf
from typing import Any, Literal

from artifact_tui.demo.messages import BrokenLink, DemoAnswer, DemoPause, DemoRequest, Flow

_HELD_STEP = 0.01
Trouble = Literal["dns", "refused", "reset", "tls", "proxy", "connect-timeout", "read-timeout", "cut"]

HTML = b"<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head><body>Busy.</body></html>\n"
"""A page as a balancer or a captive portal sends it instead of JSON."""


SSO: dict[str, Any] = {
    "status": 403,
    "headers": {"X-GitHub-SSO": "required; url=https://github.com/orgs/fernwood-labs/sso?authorization_request=A1"},
    "body": '{"message": "Resource protected by organization SAML enforcement."}',
}
"""The token has to be authorized for the organization's single sign-on: `server.fault("GET *", **SSO)`."""

SECONDARY_LIMIT: dict[str, Any] = {
    "status": 403,
    "headers": {"Retry-After": "60"},
    "body": '{"message": "You have exceeded a secondary rate limit. Please wait."}',
}
"""Too many requests at once, or too many changes a minute."""

UNICORN: dict[str, Any] = {"status": 502, "headers": {"Server": "GitHub.com"}, "body": HTML}
"""The balancer's own page: nothing of the API was reached."""


@dataclass
class HeldAnswer(DemoAnswer):
    """An answer that does not start while `is_held` says so, however patient the client is."""

    is_held: Callable[[], bool] = lambda: False

    def pauses(self) -> Iterator[float]:
        yield from super().pauses()
        while self.is_held():
            yield _HELD_STEP


@dataclass
class Fault:
    """Something that goes wrong for the next `times` matching requests, after `skip` of them went well.

    With `held` their answers come once that is no more; with `page` it is for that page of a list only.
    """

    match: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | str = b""
    times: float = 1
    skip: int = 0
    broken: Trouble | None = None
    delay: float = 0.0
    held: bool = False
    cut_at: int | None = None
    corrupt_at: int | None = None
    stall_at: int | None = None
    reset_at: int | None = None
    page: int = 0

    def takes(self, request: DemoRequest) -> bool:
        """Whether this fault is for the request; counts what it takes and what it lets pass."""
        path = f"blob:{request.path}" if request.place == "blob" else request.path
        if self.times <= 0 or not fnmatchcase(f"{request.method} {path}", self.match):
            return False
        if self.page and request.query.get("page", "1") != str(self.page):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    def replacement(self) -> DemoAnswer | None:
        """The answer to give instead of the real one; None if the real one is only to be spoilt."""
        if self.broken is not None:
            raise BrokenLink(self.broken)
        if not self.status:
            return None
        body = self.body.encode() if isinstance(self.body, str) else self.body
        kind = "text/html" if body.lstrip().startswith(b"<") else "application/json; charset=utf-8"
        headers = {"Content-Type": kind, **self.headers}
        return HeldAnswer(self.status, headers, body, delay=self.delay, is_held=self._is_held)

    def spoil(self, answer: DemoAnswer) -> DemoAnswer:
        """The real answer with its body cut, corrupted, stalled or reset on the way."""
        delay = answer.delay + self.delay
        marks = (self.cut_at, self.corrupt_at, self.stall_at, self.reset_at)
        flow, whole = answer.flow, answer.parts
        if any(mark is not None for mark in marks):
            flow = lambda: self._spoilt(whole())  # noqa: E731, one of two flows
        return HeldAnswer(answer.status, answer.headers, answer.body, flow, delay, self._is_held)

    def _is_held(self) -> bool:
        return self.held

    def _spoilt(self, flow: Flow) -> Flow:
        stops = [mark for mark in (self.cut_at, self.stall_at, self.reset_at) if mark is not None]
        sent, last = 0, min(stops, default=None)
        for part in flow:
            if isinstance(part, DemoPause):
                yield part
                continue
            data = self._corrupt(part, sent)
            if last is not None and sent + len(data) >= last:
                yield data[: last - sent]
                yield from self._end()
                return
            sent += len(data)
            yield data

    def _corrupt(self, part: bytes, sent: int) -> bytes:
        if self.corrupt_at is None or not sent <= self.corrupt_at < sent + len(part):
            return part
        at = self.corrupt_at - sent
        return part[:at] + bytes([part[at] ^ 0xFF]) + part[at + 1 :]

    def _end(self) -> Flow:
        if self.stall_at is not None:
            yield DemoPause(inf)
        raise BrokenLink("reset" if self.reset_at is not None else "cut")
