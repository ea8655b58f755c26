"""Connections of httpcore that another thread can stop; loaded with the first client."""

from __future__ import annotations

from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from artifact_tui.github.http.cancel import CancelScopes
from artifact_tui.github.http.proxy_routes import RoutedTransport


def install_backend(lines: CancelScopes, client: httpx.Client) -> None:
    """Let ``lines`` stop everything that ``client`` waits for, through httpx's private pool, where it is available."""

    def adopt(transport: httpx.HTTPTransport) -> None:
        pool: Any = getattr(transport, "_pool", None)
        if isinstance(pool, httpcore.ConnectionPool):
            pool._network_backend = CancellableBackend(pool._network_backend, lines)

    routed = client._transport
    if isinstance(routed, RoutedTransport):
        routed.adopt(adopt)


class CancellableBackend(httpcore.NetworkBackend):
    """A network backend whose connections stop with the scope of the waiting thread."""

    def __init__(self, backend: httpcore.NetworkBackend, lines: CancelScopes) -> None:
        self._backend = backend
        self._lines = lines

    def connect_tcp(self, *arguments: Any, **options: Any) -> httpcore.NetworkStream:
        """Return a connection whose thread can be stopped."""
        return CancellableStream(self._backend.connect_tcp(*arguments, **options), self._lines)

    def sleep(self, seconds: float) -> None:
        """Sleep until the scope is closed at the latest."""
        self._lines.current.wait(seconds)


class CancellableStream(httpcore.NetworkStream):
    """A connection that stops with the scope of the waiting thread."""

    def __init__(self, stream: httpcore.NetworkStream, lines: CancelScopes) -> None:
        self._stream = stream
        self._lines = lines

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read; raise if the scope is closed meanwhile."""
        return self._lines.current.use(self._stream, lambda: self._stream.read(max_bytes, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write; raise if the scope is closed meanwhile."""
        self._lines.current.use(self._stream, lambda: self._stream.write(buffer, timeout))

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Start TLS; raise if the scope is closed meanwhile."""
        start = self._stream.start_tls
        secured = self._lines.current.use(self._stream, lambda: start(ssl_context, server_hostname, timeout))
        return CancellableStream(secured, self._lines)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        """Return the stream's information."""
        return self._stream.get_extra_info(info)
