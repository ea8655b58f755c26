"""Transports for httpx that use the route of the environment for each host."""

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
    """The direct way, and one for each proxy of the environment, made when a request first takes it."""

    def __init__(self, kind: type[Transport], trusted: ssl.SSLContext, limits: httpx.Limits) -> None:
        self._kind: type[Transport] = kind
        self._trusted = trusted
        self._limits = limits
        self._lock = threading.Lock()
        self.made: dict[str, Transport] = {}
        self.adapt: Callable[[Transport], None] = lambda transport: None

    def to(self, url: httpx.URL) -> Transport:
        """Raise :class:`Offline` where the setting for this host cannot be used."""
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
        """Hand every transport to ``adapt`` when it is made."""
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
    """Return the value is left out: it may hold a password."""
    return Offline(f"The proxy in {route.variable} cannot be used.", f"Use {', '.join(SCHEMES)}, or unset it.")
