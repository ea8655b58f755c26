"""The proxy for a request, by the environment, as in curl (``man curl``) and Go (networks in ``NO_PROXY``)."""

from __future__ import annotations

import ipaddress
import re
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from artifact_tui.github.hosts import DEFAULT_PORTS, address_literal
from artifact_tui.text import printable

SCHEMES = ("http", "https", "socks5", "socks5h")
SYSTEM = "the system settings"
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")


class Route(NamedTuple):
    """The route to a host: the variable that chose it, the proxy's URL (empty for none), and the variable's value."""

    variable: str = ""
    address: str = ""
    written: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether the proxy has a supported scheme and a valid address."""
        try:
            parts = urlsplit(self.address)
            port = parts.port
        except ValueError:
            return False
        return parts.scheme in SCHEMES and bool(parts.hostname) and port != 0

    @property
    def shown(self) -> str:
        """The variable and its value, with ``***`` in place of a user and password."""
        return f"{self.variable}={without_password(self.written)}"


def route_to(url: str, environ: Mapping[str, str]) -> Route:
    """Return the route to the host of ``url``; the variable for its scheme wins over ``ALL_PROXY``."""
    parts = urlsplit(url)
    host, port = (parts.hostname or "").rstrip("."), parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    found = _proxy_for(parts.scheme, environ)
    if not found.address:
        return _of_system(parts.scheme, host, environ)
    variable = _spelled("NO_PROXY", environ)
    if any(_covers(entry, host, port) for entry in _entries(environ.get(variable, ""))):
        return Route(variable)
    return found


def ignored_settings(url: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield each proxy setting that is invalid but not needed for ``url``."""
    used = route_to(url, environ)
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        route = _named(name, environ)
        if route.address and route != used and not route.is_usable:
            yield f"{route.shown} is invalid, but not needed for this host"
    for entry in _entries(environ.get(_spelled("NO_PROXY", environ), "")):
        if not _is_understood(entry):
            variable = _spelled("NO_PROXY", environ)
            yield f"{printable(entry, 80)} in {variable} is not a host, address or network"


def proxy_step(url: str, environ: Mapping[str, str]) -> str:
    """Return the proxy setting to check for ``url``; empty without a proxy."""
    route = route_to(url, environ)
    return f"Check {route.variable}: {without_password(route.written)}." if route.address else ""


def without_password(proxy: str) -> str:
    """Return the URL of a proxy with ``***`` in place of the user and password."""
    scheme, separator, rest = proxy.rpartition("://")
    _user, at, place = rest.rpartition("@")
    return printable(scheme + separator + ("***@" if at else "") + place, 100)


def _proxy_for(scheme: str, environ: Mapping[str, str]) -> Route:
    """Ignore uppercase ``HTTP_PROXY`` under a web server, where a client's header sets it (CVE-2016-5385)."""
    for name in (f"{scheme.upper()}_PROXY", "ALL_PROXY"):
        route = _named(name, environ)
        if route.address and not (route.variable == "HTTP_PROXY" and environ.get("REQUEST_METHOD")):
            return route
    return Route()


def _named(name: str, environ: Mapping[str, str]) -> Route:
    variable = _spelled(name, environ)
    value = environ.get(variable, "").strip()
    return Route(variable, value if not value or "://" in value else f"http://{value}", value)


def _spelled(name: str, environ: Mapping[str, str]) -> str:
    """Return the lowercase name, if it is set, as curl does; an empty value disables the proxy."""
    return name.lower() if name.lower() in environ else name


def _of_system(scheme: str, host: str, environ: Mapping[str, str]) -> Route:
    names = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
    if sys.platform != "darwin" or any(_spelled(name, environ) in environ for name in names) or proxy_bypass(host):
        return Route()
    address = getproxies().get(scheme, "")
    return Route(SYSTEM, address, address) if address else Route()


def _entries(value: str) -> list[str]:
    return [entry.lower() for entry in re.split(r"[,\s]+", value) if entry]


def _covers(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    if (network := _network(entry)) is not None:
        address = address_literal(host)
        return address is not None and address.version == network.version and address in network
    name, wanted = _name_and_port(entry)
    if wanted not in {None, port}:
        return False
    address, own = address_literal(name), address_literal(host)
    if address is not None or own is not None:
        return address == own
    domain = name.removeprefix("*").strip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False) if "/" in entry else None
    except ValueError:
        return None


def _name_and_port(entry: str) -> tuple[str, int | None]:
    """Parse ``HOST``, ``HOST:PORT``, ``[IPv6]:PORT`` or a bare IPv6 address, with or without a scheme."""
    rest = entry.partition("://")[2] or entry
    if address_literal(rest) is not None:
        return rest, None
    match = re.fullmatch(r"(\[[^\]]*\]|[^:/\[\]]+)(?::([0-9]{1,5}))?/?", rest)
    return (match[1].strip("[]"), int(match[2]) if match[2] else None) if match else ("", None)


def _is_understood(entry: str) -> bool:
    name, _ = _name_and_port(entry)
    bare = name.removeprefix("*").strip(".")
    return (
        entry == "*"
        or _network(entry) is not None
        or address_literal(name) is not None
        or (_HOST_NAME.fullmatch(bare) is not None and "/" not in entry.partition("://")[2].rstrip("/"))
    )
