"""The fake GitHub as an httpx transport that fails as a network does."""

from __future__ import annotations

import socket
import ssl

import httpx

from artifact_tui.demo.httpx_transport import DemoTransport
from artifact_tui.demo.messages import BrokenLink
from artifact_tui.demo.server import DemoServer

_ERRORS: dict[str, tuple[type[httpx.TransportError], str]] = {
    "dns": (httpx.ConnectError, "[Errno -2] Name or service not known"),
    "refused": (httpx.ConnectError, "[Errno 111] Connection refused"),
    "tls": (
        httpx.ConnectError,
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate",
    ),
    "proxy": (httpx.ProxyError, "502 Bad Gateway"),
    "connect-timeout": (httpx.ConnectTimeout, "timed out"),
    "read-timeout": (httpx.ReadTimeout, "timed out"),
    "reset": (httpx.ReadError, "[Errno 104] Connection reset by peer"),
    "cut": (httpx.RemoteProtocolError, "peer closed connection without sending complete message body"),
}
"""How httpx tells of each kind of trouble (httpx 0.28, `_transports/default.py`)."""

_CAUSES: dict[str, OSError] = {
    "dns": socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    "refused": ConnectionRefusedError(111, "Connection refused"),
    "tls": ssl.SSLCertVerificationError("certificate verify failed: self-signed certificate"),
}
"""What lies beneath, which is how a client tells these three apart."""


class FakeTransport(DemoTransport):
    """Carries requests to a fake GitHub, for `httpx.Client` and `httpx.AsyncClient` alike."""

    def __init__(self, server: DemoServer) -> None:
        super().__init__(server, _error)


def _error(broken: BrokenLink, request: httpx.Request) -> httpx.TransportError:
    kind, text = _ERRORS[broken.trouble]
    error = kind(text, request=request)
    error.__cause__ = _CAUSES.get(broken.trouble, broken)
    return error
