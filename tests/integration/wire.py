"""The client's last step before the network, where everything is seen that leaves, and nothing leaves this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Violation:
    """What Prism objects to; `place` is such as `request.query.status` or `response.body.artifacts.0.id`."""

    place: str
    message: str


@dataclass(frozen=True)
class Exchange:
    """A request as it left and what came back; `status` is 0 for what was not let out.

    `violations` is what Prism objects to in either. Of the secret only whether it was there is kept.
    """

    method: str
    url: httpx.URL
    with_token: bool
    headers: dict[str, str]
    status: int = 0
    violations: tuple[Violation, ...] = ()


class Wire:
    """Real connections of both kinds, as the `transport` of a provider and of a storage.

    `instead` replaces headers on their way out, `back` names headers of an answer and what the client knows them as:
    both make up for what stands between the client and the server.
    """

    def __init__(self, *, instead: Mapping[str, str] = {}, back: Mapping[str, str] = {}) -> None:
        self.exchanges: list[Exchange] = []
        self.blocking, self.asynchronous = _Blocking(self), _Asynchronous(self)
        self._instead, self._back = instead, back
        self._cuts: list[tuple[int, Callable[[], object]]] = []
        self._lock = threading.Lock()

    def cut(self, after: int, then: Callable[[], object] = lambda: None) -> None:
        """Break the next body that is longer off after so many bytes; `then` happens before the client knows."""
        self._cuts.append((after, then))

    def sent_to(self, origin: str) -> list[Exchange]:
        """All exchanges with one origin (or below one address)."""
        return [exchange for exchange in self.exchanges if str(exchange.url).startswith(origin)]

    def check_out(self, request: httpx.Request) -> None:
        """Let a request pass; raises as a network does that ends at this machine."""
        if request.url.host != "127.0.0.1":
            self.note(request)
            raise httpx.ConnectError("not on this machine", request=request)
        request.headers.update(self._instead)

    def check_in(self, request: httpx.Request, response: httpx.Response) -> None:
        """Let an answer pass."""
        self.note(request, response)
        for name in self._back.keys() & response.headers.keys():
            response.headers[self._back[name]] = response.headers[name]

    def note(self, request: httpx.Request, response: httpx.Response | None = None) -> None:
        """Remember a request and its answer."""
        hidden = "authorization" in request.headers
        headers = {name: value for name, value in request.headers.items() if name != "authorization"}
        status = response.status_code if response is not None else 0
        found = read_violations(response.headers.get("sl-violations", "[]")) if response is not None else ()
        exchange = Exchange(request.method, request.url, hidden, headers, status, found)
        with self._lock:
            self.exchanges.append(exchange)

    def body_of(self, response: httpx.Response) -> httpx.SyncByteStream:
        """The body of an answer, with the cut that was ordered for it."""
        stream = response.stream
        assert isinstance(stream, httpx.SyncByteStream)
        length = int(response.headers.get("content-length", "0"))
        with self._lock:
            if not self._cuts or length <= self._cuts[0][0]:
                return stream
            return _CutStream(stream, *self._cuts.pop(0))


def read_violations(header: str) -> tuple[Violation, ...]:
    """The objections in Prism's header, which is cut off and no JSON any more when there are very many."""
    if not header.startswith("["):
        return (Violation("everywhere", header),)
    return tuple(Violation(".".join(map(str, each["location"])), each["message"]) for each in json.loads(header))


class _Blocking(httpx.BaseTransport):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._network = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._wire.check_out(request)
        response = self._network.handle_request(request)
        self._wire.check_in(request, response)
        response.stream = self._wire.body_of(response)
        return response

    def close(self) -> None:
        self._network.close()


class _Asynchronous(httpx.AsyncBaseTransport):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._network = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._wire.check_out(request)
        response = await self._network.handle_async_request(request)
        self._wire.check_in(request, response)
        return response

    async def aclose(self) -> None:
        await self._network.aclose()


class _CutStream(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, after: int, then: Callable[[], object]) -> None:
        self._stream = stream
        self._left = after
        self._then = then

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            if len(chunk) >= self._left:
                yield chunk[: self._left]
                self._then()
                raise httpx.ReadError("cut")
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._stream.close()
