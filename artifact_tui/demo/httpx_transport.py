"""The demo server as an httpx transport, which runs the real client code without a network."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from math import inf
from weakref import WeakSet

import httpx

from artifact_tui.demo.messages import BrokenLink, DemoAnswer, DemoPause, Flow
from artifact_tui.demo.server import DemoServer

Failure = Callable[[BrokenLink, httpx.Request], httpx.TransportError]


def _failure_of(broken: BrokenLink, request: httpx.Request) -> httpx.TransportError:
    if broken.trouble == "read-timeout":
        return httpx.ReadTimeout("timed out", request=request)
    error = httpx.ConnectError("[Errno -2] Name or service not known", request=request)
    error.__cause__ = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return error


class DemoTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends requests to a demo server, for sync and async clients; other hosts fail as if DNS did not know them.

    A timeout fails at once.
    """

    def __init__(self, server: DemoServer, failure: Failure = _failure_of) -> None:
        self.server, self._failure = server, failure
        self._streams: WeakSet[_Stream] = WeakSet()
        self._closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a blocking request; the body is generated while it is read."""
        answer = self._ask(request, request.read())
        stream = _Stream(answer.parts(), request, self._failure)
        self._streams.add(stream)
        if self._closed:
            stream.close()
        for seconds in answer.pauses():
            stream.wait(seconds)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream)

    def close(self) -> None:
        """End the waits of blocking requests, as closing their sockets does."""
        self._closed = True
        for stream in list(self._streams):
            stream.close()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer an async request; the body is generated while it is read."""
        answer = self._ask(request, await request.aread())
        stream = _AsyncStream(answer.parts(), request, self._failure)
        for seconds in answer.pauses():
            await stream.wait(seconds)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream)

    def _ask(self, request: httpx.Request, body: bytes) -> DemoAnswer:
        try:
            answer = self.server.handle(request.method, str(request.url), request.headers, body)
        except BrokenLink as broken:
            error = self._failure(broken, request)
            raise error from error.__cause__
        if answer.flow is None and answer.status not in (204, 304):
            answer.headers.setdefault("Content-Length", str(len(answer.body)))
        return answer


def _timeout(request: httpx.Request) -> float:
    timeout: float | None = request.extensions.get("timeout", {}).get("read")
    return inf if timeout is None else timeout


class _Stream(httpx.SyncByteStream):
    def __init__(self, flow: Flow, request: httpx.Request, failure: Failure) -> None:
        self._flow, self._request, self._failure = flow, request, failure
        self._closed = threading.Event()  # set from another thread, it ends a pause at once

    def wait(self, seconds: float) -> None:
        if seconds > (timeout := _timeout(self._request)):
            self._closed.wait(timeout)
            raise httpx.ReadTimeout("timed out", request=self._request)
        if seconds and self._closed.wait(None if seconds == inf else seconds):
            raise httpx.ReadError("[Errno 9] Bad file descriptor", request=self._request)

    def __iter__(self) -> Iterator[bytes]:
        try:
            for part in self._flow:
                if isinstance(part, DemoPause):
                    self.wait(part.seconds)
                else:
                    yield part
        except BrokenLink as broken:
            raise self._failure(broken, self._request) from broken

    def close(self) -> None:
        self._closed.set()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(self, flow: Flow, request: httpx.Request, failure: Failure) -> None:
        self._flow, self._request, self._failure = flow, request, failure

    async def wait(self, seconds: float) -> None:
        if seconds > (timeout := _timeout(self._request)):
            await asyncio.sleep(timeout)
            raise httpx.ReadTimeout("timed out", request=self._request)
        if seconds:
            await asyncio.sleep(seconds)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            for part in self._flow:
                if isinstance(part, DemoPause):
                    await self.wait(part.seconds)
                else:
                    yield part
        except BrokenLink as broken:
            raise self._failure(broken, self._request) from broken
