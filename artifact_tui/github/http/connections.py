"""Clients of httpx, and its exceptions as :class:`Offline`.

Their text is never shown: it may contain a token (invalid header values are quoted in full) or a signed URL.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Literal

import httpx

from artifact_tui.domain.provider import Offline, Refused, ServerTrouble, TimedOut
from artifact_tui.github.http.certificates import trusted, untrusted
from artifact_tui.github.http.proxies import proxy_step, route_to
from artifact_tui.github.http.proxy_routes import AsyncRoutedTransport, RoutedTransport
from artifact_tui.retry import STALL
from artifact_tui.text import printable

CONNECT = 10.0
TIMEOUT = httpx.Timeout(connect=CONNECT, read=STALL, write=STALL, pool=60.0)
LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=30.0)
_NO_PROXY_KNOWN = "Check the proxy settings of this machine."
_ONLINE = "Check the network connection."


class Interrupted(Offline):
    """The connection was lost; a retry may succeed."""


def async_client(transport: httpx.AsyncBaseTransport | None = None, ca_file: str = "") -> httpx.AsyncClient:
    """Return a client without cookies, redirects or default headers; raise :class:`Offline` for an invalid CA file."""
    way = transport or AsyncRoutedTransport(trusted(os.environ, ca_file), LIMITS)
    return httpx.AsyncClient(transport=way, **_options())


def blocking_client(
    transport: httpx.BaseTransport | None = None, timeout: httpx.Timeout = TIMEOUT, ca_file: str = ""
) -> httpx.Client:
    """Return the client for threads."""
    way = transport or RoutedTransport(trusted(os.environ, ca_file), LIMITS)
    return httpx.Client(transport=way, **(_options() | {"timeout": timeout}))


def timeouts(*, connect: float = CONNECT, stall: float = STALL) -> httpx.Timeout:
    """Return the limits: ``connect`` seconds to reach a server, ``stall`` seconds without a byte."""
    return httpx.Timeout(connect=connect, read=stall, write=stall, pool=60.0)


@contextmanager
def plain_words(name: str) -> Iterator[None]:
    """Convert httpx's exceptions while talking to ``name`` to :class:`ProviderError`."""
    try:
        yield
    except httpx.ProxyError as error:
        if str(error).startswith("407"):  # the response to CONNECT, in httpcore's words
            raise proxy_wants_password(name, _address_of(error)) from None
        step = _way_step(_address_of(error), _NO_PROXY_KNOWN)
        raise Offline(f"The proxy for {name} refused to connect.", step) from None
    except httpx.ConnectTimeout as error:
        raise TimedOut(f"{name} did not answer within {_limit(error, 'connect')}.", _ONLINE) from None
    except httpx.TimeoutException as error:
        raise TimedOut(f"{name} stopped answering for {_limit(error, 'read')}.", "Try again.") from None
    except httpx.ConnectError as error:
        raise _not_connected(name, error) from None
    except (httpx.LocalProtocolError, httpx.DecodingError, httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise ServerTrouble(f"Invalid response from {name}.", "A proxy may have changed it.") from None
    except UnicodeError:  # from the IDNA codec
        raise Refused(f"{printable(name, 80)} is not a valid host name.", "Check the host.") from None
    except (httpx.TransportError, httpx.StreamError, ssl.SSLError, OSError):
        raise Interrupted(f"Connection to {name} lost.", "Try again.") from None
    except RuntimeError as error:
        if "closed" not in str(error):
            raise
        raise Offline("The connections are closed.", "") from None


def _options() -> dict[str, Any]:
    return {
        "timeout": TIMEOUT,
        "follow_redirects": False,
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),
        "trust_env": False,
    }


def _not_connected(name: str, error: httpx.ConnectError) -> Offline:
    causes = list(_causes(error))
    url = _address_of(error)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Offline(f"The name {name} was not found.", _way_step(url, f"{_ONLINE} A proxy may be needed."))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            is_secure_proxy = route_to(url, os.environ).address.lower().startswith("https:")
            return untrusted(f"{name} or of the proxy on the way" if is_secure_proxy else name, cause)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Offline(f"{name} does not speak TLS here.", "Check the host, its port and the proxy settings.")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Offline(f"{name} refused the connection.", _way_step(url, "Check the host and its port."))
    return Offline(f"{name} cannot be reached.", _way_step(url, f"{_ONLINE} A proxy may be needed."))


def _way_step(url: str, without: str) -> str:
    return proxy_step(url, os.environ) or without


def _address_of(error: httpx.RequestError) -> str:
    try:
        url = error.request.url
    except RuntimeError:
        return ""
    return f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}"


def proxy_wants_password(name: str, url: str) -> Refused:
    """Return the error for status 407, which only a proxy for ``url`` sends; a retry cannot help."""
    step = _way_step(url, _NO_PROXY_KNOWN)
    return Refused(f"The proxy for {name} requires a user name and password.", step)


def _limit(error: httpx.TimeoutException, kind: Literal["connect", "read"]) -> str:
    seconds: float = error.request.extensions["timeout"][kind]
    return f"{seconds:g} seconds"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and its causes, groups included (asyncio tries several addresses at once)."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = cause.exceptions if isinstance(cause, BaseExceptionGroup) else ()
        waiting.extend(following for following in (cause.__cause__, cause.__context__, *inner) if following)
