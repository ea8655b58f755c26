"""Transports for httpx that use the environment's proxy for each host."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import httpx

from artifact_tui.domain.provider import Offline
from artifact_tui.github.http.proxies import SCHEMES, Route, route_to

Transport = TypeVar("Transport", httpx.HTTPTransport, httpx.AsyncHTTPTransport)


class _Routes(Generic[Transport]):
    def __init__(self, kind: type[Transport], trusted: ssl.SSLContext, limits: httpx.Limits) -> None:
        self._kind: type[Transport] = kind
        self._trusted = trusted
        self._limits = limits
        self._lock = threading.Lock()
        self.made: dict[str, Transport] = {}
        self.adapt: Callable[[Transport], None] = lambda transport: None

    def to(self, url: httpx.URL) -> Transport:
        """Return the transport for a URL; raise :class:`Offline` for an invalid proxy setting."""
        host = url.raw_host.decode("ascii")
        bracketed = f"[{host}]" if ":" in host else host
        route = route_to(f"{url.scheme}://{bracketed}{f':{url.port}' if url.port else ''}", os.environ)
        with self._lock:
            if route.address not in self.made:
                transport = self._make(route)
                self.adapt(transport)
                self.made[route.address] = transport
            return self.made[route.address]

    def _new(self, proxy: httpx.Proxy | None) -> Transport:
        made: Transport = self._kind(verify=self._trusted, limits=self._limits, trust_env=False, proxy=proxy)
        return made

    def _make(self, route: Route) -> Transport:
        if not route.address:
            return self._new(None)
        if not route.is_usable:
            raise _unusable(route)
        try:
            is_secure = route.address.lower().startswith("https:")
            proxy = httpx.Proxy(route.address, ssl_context=self._trusted if is_secure else None)
            return self._new(proxy)
        except (ImportError, ValueError, httpx.InvalidURL):
            raise _unusable(route) from None


class RoutedTransport(httpx.BaseTransport):
    """The transport for threads."""

    def __init__(self, trusted: ssl.SSLContext, limits: httpx.Limits) -> None:
        self.routes = _Routes(httpx.HTTPTransport, trusted, limits)

    def adopt(self, adapt: Callable[[httpx.HTTPTransport], None]) -> None:
        """Call ``adapt`` with every new transport."""
        self.routes.adapt = adapt

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request through its route."""
        return self.routes.to(request.url).handle_request(request)

    def close(self) -> None:
        """Close every connection."""
        for transport in self.routes.made.values():
            transport.close()


class AsyncRoutedTransport(httpx.AsyncBaseTransport):
    """The transport for the event loop."""

    def __init__(self, trusted: ssl.SSLContext, limits: httpx.Limits) -> None:
        self.routes = _Routes(httpx.AsyncHTTPTransport, trusted, limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request through its route."""
        return await self.routes.to(request.url).handle_async_request(request)

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in self.routes.made.values():
            await transport.aclose()


def _unusable(route: Route) -> Offline:
    """Return the error without the proxy's address, which may contain a password."""
    return Offline(f"The proxy in {route.variable} cannot be used.", f"Use {', '.join(SCHEMES)}, or unset it.")
