"""Clients of httpx as this program wants them, and httpx's exceptions turned into :class:`Offline`.

Nothing of an exception's own text is shown: it may hold a token (an illegal header value is quoted in full) or a
signed address.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Literal
from urllib.request import getproxies

import httpx

from artifact_tui.provider import Offline, ProviderError, Refused, ServerTrouble
from artifact_tui.text import printable

CONNECT = 10.0
STALL = 30.0
TIMEOUT = httpx.Timeout(connect=CONNECT, read=STALL, write=STALL, pool=60.0)
LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=30.0)

_PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_OWN_AUTHORITY = (
    "If your company has its own, put its certificate into the system's store or name it in SSL_CERT_FILE or --ca-file."
)
_ONLINE = "Check the network connection."


class Interrupted(Offline):
    """The connection broke after it was made: another try may well succeed."""


def async_client(transport: httpx.AsyncBaseTransport | None = None, ca_file: str = "") -> httpx.AsyncClient:
    """A client without cookies, redirects or headers of its own; ``ca_file`` is trusted besides the system's store.

    Raises :class:`Offline` for proxies and certificates that cannot be used.
    """
    with _construction():
        options = _options(transport is None, ca_file)
        mounts = {
            pattern: httpx.AsyncHTTPTransport(proxy=proxy, verify=options["verify"], limits=LIMITS)
            for pattern, proxy in _tls_proxies(options.get("verify")).items()
        }
        return httpx.AsyncClient(transport=transport, mounts=mounts, **options)


def blocking_client(
    transport: httpx.BaseTransport | None = None, timeout: httpx.Timeout = TIMEOUT, ca_file: str = ""
) -> httpx.Client:
    """The same for threads."""
    with _construction():
        options = _options(transport is None, ca_file) | {"timeout": timeout}
        mounts = {
            pattern: httpx.HTTPTransport(proxy=proxy, verify=options["verify"], limits=LIMITS)
            for pattern, proxy in _tls_proxies(options.get("verify")).items()
        }
        return httpx.Client(transport=transport, mounts=mounts, **options)


def timeouts(*, connect: float = CONNECT, stall: float = STALL) -> httpx.Timeout:
    """At most ``connect`` seconds to reach a server, and at most ``stall`` without a byte from or to it."""
    return httpx.Timeout(connect=connect, read=stall, write=stall, pool=60.0)


@contextmanager
def plain_words(name: str) -> Iterator[None]:
    """Turn what httpx raises while talking to ``name`` into :class:`Offline` or :class:`ServerTrouble`."""
    try:
        yield
    except httpx.ProxyError as error:
        if str(error).startswith("407"):  # the answer to CONNECT; the text is httpcore's own
            raise proxy_wants_password(name) from None
        raise Offline(f"The proxy on the way to {name} refused.", _proxy_step(os.environ)) from None
    except httpx.ConnectTimeout as error:
        raise Offline(f"{name} did not answer within {_limit(error, 'connect')}.", _ONLINE) from None
    except httpx.TimeoutException as error:
        raise Offline(f"{name} stopped answering for {_limit(error, 'read')}.", "Try again.") from None
    except httpx.ConnectError as error:
        raise _not_connected(name, error) from None
    except (httpx.LocalProtocolError, httpx.DecodingError, httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise ServerTrouble(f"The answer of {name} cannot be read.", "A proxy may have changed it.") from None
    except UnicodeError:  # of the codec for names in DNS
        raise Refused(f"{printable(name, 80)} is not a valid host name.", "Check the host.") from None
    except (httpx.TransportError, httpx.StreamError, ssl.SSLError, OSError):
        raise Interrupted(f"The connection to {name} broke off.", "Try again.") from None
    except RuntimeError as error:
        if "closed" not in str(error):
            raise
        raise Offline("The connections are closed.", "") from None


def _options(real: bool, ca_file: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "timeout": TIMEOUT,
        "limits": LIMITS,
        "follow_redirects": False,
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),
    }
    if real:
        options["verify"] = _trusted(os.environ, ca_file)
    return options


def _tls_proxies(trusted: ssl.SSLContext | None) -> dict[str, httpx.Proxy]:
    """Proxies that are themselves spoken to in TLS, by httpx's pattern for the addresses they are for.

    httpx makes one of each proxy of the environment, but those would not trust the authorities that we do.
    """
    found = getproxies()
    if trusted is None or "*" in [name.strip() for name in found.get("no", "").split(",")]:
        return {}
    secure = {kind: found[kind] for kind in ("http", "https", "all") if _is_tls(found.get(kind, ""))}
    return {f"{kind}://": httpx.Proxy(address, ssl_context=trusted) for kind, address in secure.items()}


def _is_tls(proxy: str) -> bool:
    return proxy.lower().startswith("https://")


def _trusted(environ: Mapping[str, str], ca_file: str) -> ssl.SSLContext:
    """The system's own certificates, and those of ``SSL_CERT_FILE`` and ``--ca-file``, where a company's CA may be."""
    import truststore

    path = environ.get("SSL_CERT_FILE", "")
    if path and not _is_readable(path):
        raise Offline("SSL_CERT_FILE names no file that can be read.", "Correct or unset it.")
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        _trust_file(context, ca_file)
    return context


def _trust_file(context: ssl.SSLContext, path: str) -> None:
    shown = printable(path, 100)
    if not _is_readable(path):
        raise Offline(f"The CA file {shown} cannot be read.", "Correct --ca-file or ca-file in config.toml.")
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        step = "It should hold certificates in PEM form."
        raise Offline(f"The CA file {shown} holds no certificate that can be read.", step) from None


def _is_readable(path: str) -> bool:
    return Path(path).is_file() and os.access(path, os.R_OK)


@contextmanager
def _construction() -> Iterator[None]:
    """Name the variable when httpx chokes on the environment; its value is left out, it may hold a password."""
    try:
        yield
    except ProviderError:
        raise
    except (ImportError, ValueError, TypeError, OSError, httpx.InvalidURL):
        raise Offline(f"{_bad_variable(os.environ)} cannot be used.", "Correct or unset it.") from None


def _bad_variable(environ: Mapping[str, str]) -> str:
    for name in (spelled for upper in _PROXY_VARIABLES for spelled in (upper.lower(), upper)):
        value = environ.get(name, "")
        if value and not _is_proxy(value):
            return f"The proxy in {name}"
    return "NO_PROXY" if environ.get("NO_PROXY") or environ.get("no_proxy") else "A proxy setting of this machine"


def _is_proxy(value: str) -> bool:
    try:
        httpx.HTTPTransport(proxy=httpx.Proxy(value if "://" in value else f"http://{value}")).close()
    except (ImportError, ValueError, httpx.InvalidURL):
        return False
    return True


def _not_connected(name: str, error: httpx.ConnectError) -> Offline:
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Offline(f"The name {name} was not found.", _way_step(f"{_ONLINE} A proxy may be needed."))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        between = " or of the proxy on the way" if any(map(_is_tls, getproxies().values())) else ""
        return Offline(f"The certificate of {name}{between} is not trusted.", _OWN_AUTHORITY)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Offline(f"{name} does not speak TLS here.", "Check the host, its port and the proxy settings.")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Offline(f"{name} refused the connection.", _way_step("Check the host and its port."))
    return Offline(f"{name} cannot be reached.", _way_step(f"{_ONLINE} A proxy may be needed."))


def _way_step(without: str) -> str:
    """What to check when there is no connection: the proxy, where one is set, for the trouble may be its own."""
    is_set = any(os.environ.get(name) for upper in _PROXY_VARIABLES for name in (upper, upper.lower()))
    return _proxy_step(os.environ) if is_set else without


def proxy_wants_password(name: str) -> Refused:
    """407 as an answer: nobody but a proxy on the way to ``name`` sends that, and asking again changes nothing."""
    return Refused(f"The proxy on the way to {name} wants a user name and password.", _proxy_step(os.environ))


def _limit(error: httpx.TimeoutException, kind: Literal["connect", "read"]) -> str:
    seconds: float = error.request.extensions["timeout"][kind]
    return f"{seconds:g} seconds"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that led to it, groups included (asyncio tries several addresses at once)."""
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


def _proxy_step(environ: Mapping[str, str]) -> str:
    """Which variable to look at, and what is in it but for the password."""
    for upper in _PROXY_VARIABLES:
        for name in (upper.lower(), upper):
            if environ.get(name):
                return f"Check {name}: {_without_password(environ[name])}."
    return "Check the proxy settings of this machine."


def _without_password(proxy: str) -> str:
    """The address of a proxy as it may be shown, whatever stands before its host."""
    scheme, separator, rest = proxy.rpartition("://")
    _user, at, place = rest.rpartition("@")
    return printable(scheme + separator + ("***@" if at else "") + place, 100)
