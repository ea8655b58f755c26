"""The clients of the API: every API request goes through one of these two classes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import partial

import httpx

from artifact_tui.domain.provider import Offline, ServerTrouble
from artifact_tui.github.http.cancel import CancelScopes
from artifact_tui.github.http.connections import TIMEOUT, async_client, blocking_client, plain_words
from artifact_tui.github.http.exchange import Exchange, Outgoing, drive, drive_blocking
from artifact_tui.github.http.limiter import RequestLimiter
from artifact_tui.github.http.requests import Request
from artifact_tui.github.http.response import Response

MAX_BODY = 64 * 1024 * 1024


class AsyncApi:
    """The API client for the event loop; ``sleep`` takes seconds."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        limiter: RequestLimiter | None = None,
    ) -> None:
        self.exchange = exchange
        self._limiter = limiter or RequestLimiter(exchange.record)
        self._transport = transport
        self._sleep = sleep
        self._client: httpx.AsyncClient | None = None
        self._closed = False
        self._probing = asyncio.Lock()

    async def get(self, request: Request) -> Response:
        """Return the successful response, after retries and redirects; raise :class:`ProviderError`."""
        await self.learn_release()
        send = partial(self._send, is_scan=request.is_scan)
        return await drive(self.exchange.steps(request), send, self._sleep)

    async def learn_release(self) -> None:
        """Request an Enterprise Server's release, once, before anything that depends on it."""
        async with self._probing:
            await drive(self.exchange.learn_release(), self._send, self._sleep)

    async def close(self) -> None:
        """Close every connection; later requests raise :class:`Offline`."""
        self._closed = True
        if self._client is not None:
            await self._client.aclose()

    async def _send(self, step: Outgoing, *, is_scan: bool = False) -> Response:
        async with self._limiter.turn(step.method, self.exchange.clock, self._sleep, is_scan=is_scan):
            return await self._receive(step)

    async def _receive(self, step: Outgoing) -> Response:
        if self._closed:
            raise _closed()
        if self._client is None:
            self._client = async_client(self._transport, self.exchange.record.ca_file)
        with plain_words(self.exchange.host.name):
            body = bytearray()
            async with self._client.stream(
                step.method, step.url, headers=step.headers, content=step.body or None
            ) as response:
                async for chunk in response.aiter_bytes():
                    _add(body, chunk)
        return Response(response.status_code, response.headers, bytes(body), step.url)


class BlockingApi:
    """The API client for threads; the default ``sleep`` ends when the scope is closed."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] | None = None,
        lines: CancelScopes | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        limiter: RequestLimiter | None = None,
    ) -> None:
        from artifact_tui.github.http.streams import install_backend  # loads httpcore, which the first screen avoids

        self.exchange = exchange
        self._limiter = limiter or RequestLimiter(exchange.record)
        self._client = blocking_client(transport, timeout, exchange.record.ca_file)
        self._lines = lines or CancelScopes()
        install_backend(self._lines, self._client)
        self._sleep = sleep or (lambda seconds: self._lines.current.wait(seconds))
        self._probing = threading.Lock()

    def get(self, request: Request) -> Response:
        """Return the successful response, after retries and redirects; raise :class:`ProviderError`."""
        with self._probing:
            drive_blocking(self.exchange.learn_release(), self._send, self._sleep)
        return drive_blocking(self.exchange.steps(request), self._send, self._sleep)

    def close(self) -> None:
        """Close every connection; later requests raise :class:`Offline`."""
        self._lines.close()
        self._client.close()

    def _send(self, step: Outgoing) -> Response:
        if self._lines.current.closed:
            raise _closed()
        with (
            self._limiter.turn_of_thread(step.method, self.exchange.clock, self._pause),
            plain_words(self.exchange.host.name),
            self._client.stream(step.method, step.url, headers=step.headers, content=step.body or None) as response,
        ):
            body = bytearray()
            for chunk in response.iter_bytes():
                _add(body, chunk)
        return Response(response.status_code, response.headers, bytes(body), step.url)

    def _pause(self, seconds: float) -> None:
        self._sleep(seconds)
        if self._lines.current.closed:
            raise _closed()


def _closed() -> Offline:
    return Offline("The connections are closed.")


def _add(body: bytearray, chunk: bytes) -> None:
    body += chunk
    if len(body) > MAX_BODY:
        raise ServerTrouble("Invalid response: too long for GitHub's API.")
