"""The demo server as an httpx transport: the real client code runs unchanged, only the network is missing."""

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


def _unknown_host(_broken: BrokenLink, request: httpx.Request) -> httpx.TransportError:
    error = httpx.ConnectError("[Errno -2] Name or service not known", request=request)
    error.__cause__ = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return error


class DemoTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Carries requests to a demo server, for `httpx.Client` and `httpx.AsyncClient` alike.

    Both the API's host and the storage's host are reached; any other host fails like a name that DNS does not
    know.
    """

    def __init__(self, server: DemoServer, failure: Failure = _unknown_host) -> None:
        self.server, self._failure = server, failure
        self._streams: WeakSet[_Stream] = WeakSet()
        self._closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a blocking request; bodies are made while they are read."""
        answer = self._ask(request, request.read())
        stream = _Stream(answer.parts(), request, self._failure)
        self._streams.add(stream)
        if self._closed:
            stream.close()
        for seconds in answer.pauses():
            stream.wait(seconds)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream)

    def close(self) -> None:
        """End what blocking requests wait for, as closing their sockets does."""
        self._closed = True
        for stream in list(self._streams):
            stream.close()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer an async request; bodies are made while they are read."""
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


def _patience(request: httpx.Request) -> float | None:
    """Seconds that the client waits for the next bytes; None is for ever."""
    timeout: float | None = request.extensions.get("timeout", {}).get("read")
    return timeout


class _Stream(httpx.SyncByteStream):
    """A body that is read by a thread; closing it from another thread ends a pause at once."""

    def __init__(self, flow: Flow, request: httpx.Request, failure: Failure) -> None:
        self._flow, self._request, self._failure = flow, request, failure
        self._closed = threading.Event()

    def wait(self, seconds: float) -> None:
        """Let time pass, no longer than the client has patience."""
        patience = _patience(self._request)
        if patience is not None and seconds > patience:
            self._closed.wait(patience)
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
        """No more bytes are wanted."""
        self._closed.set()


class _AsyncStream(httpx.AsyncByteStream):
    """A body that is read by a task."""

    def __init__(self, flow: Flow, request: httpx.Request, failure: Failure) -> None:
        self._flow, self._request, self._failure = flow, request, failure

    async def wait(self, seconds: float) -> None:
        """Let time pass, no longer than the client has patience."""
        patience = _patience(self._request)
        if patience is not None and seconds > patience:
            await asyncio.sleep(patience)
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
