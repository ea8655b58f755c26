"""The server: from arguments and environment to the URLs of its API and its pages.

API URLs are ``https://api.github.com``, ``https://api.SUB.ghe.com`` (GitHub's documentation on data residency) and
``http(s)://HOST[:port]/api/v3`` (GitHub Enterprise Server). Needs no network and no httpx.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from artifact_tui.domain.models import HostKind
from artifact_tui.errors import UserError
from artifact_tui.text import printable

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
DEFAULT_PORTS = {"https": 443, "http": 80}
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_RESIDENCY = ".ghe.com"
_ENTERPRISE_PATH = "/api/v3"


class HostError(UserError):
    """An invalid host, URL or API version."""


class Host(Struct, frozen=True):
    """A server; ``base_url`` and ``web_url`` do not end in a slash, ``account`` is empty for the first token found."""

    name: str
    base_url: str
    web_url: str
    kind: HostKind
    account: str = ""

    @property
    def label(self) -> str:
        """``HOST``, or ``ACCOUNT@HOST``, as :func:`read_host` parses it."""
        return f"{self.account}@{self.name}" if self.account else self.name

    @property
    def is_loopback(self) -> bool:
        """Whether the API is on this machine, where plain HTTP is safe."""
        return is_loopback(urlsplit(self.base_url).hostname or "")


def choose_host(environ: Mapping[str, str], *, host: str = "", api_url: str = "") -> Host:
    """Return the first server set by ``--api-url``, ``--host``, ``GH_HOST`` and ``GITHUB_API_URL``, or github.com.

    ``GITHUB_API_URL`` comes last, because Actions sets it by itself. Raises :class:`HostError`.
    """
    if api_url:
        chosen = host_of_api(api_url)
        named = read_host(host) if host else chosen
        if named.name != chosen.name:
            raise HostError("--host and --api-url name different servers. Use one of them.")
        return replace(chosen, account=named.account)
    if host or environ.get("GH_HOST"):
        return read_host(host) if host else host_named(environ["GH_HOST"])
    if environ.get("GITHUB_API_URL"):
        return host_of_api(environ["GITHUB_API_URL"])
    return host_named("github.com")


def ignored_api_url(environ: Mapping[str, str], *, host: str = "", api_url: str = "") -> str:
    """Return a sentence if :func:`choose_host` ignores ``GITHUB_API_URL``, else an empty string."""
    given = environ.get("GITHUB_API_URL", "")
    winner = "--api-url" if api_url else "--host" if host else "GH_HOST" if environ.get("GH_HOST") else ""
    if not given or not winner:
        return ""
    chosen = choose_host(environ, host=host, api_url=api_url)
    if given.rstrip("/") == chosen.base_url:
        return ""
    return f"GITHUB_API_URL is ignored, because {winner} names the server ({chosen.name})."


def read_host(text: str) -> Host:
    """Parse ``HOST`` as :func:`host_named` does, or ``ACCOUNT@HOST``."""
    account, at, host = text.strip().rpartition("@")
    if not at:
        return host_named(text)
    if not _ACCOUNT.fullmatch(account):
        raise HostError("The part before @ is not a valid account. Use ACCOUNT@HOST.")
    return replace(host_named(host), account=account)


def with_account(host: Host, known: Iterable[Host]) -> Host:
    """Return ``host`` with the account of the same server in ``known``, unless it has one."""
    account = next((other.account for other in known if other.name == host.name), "")
    return replace(host, account=host.account or account)


def host_named(text: str) -> Host:
    """Parse ``HOST[:port]``, or the URL of a server's pages; the default is https, except for localhost."""
    parts = _split(text)
    if parts.path.strip("/"):
        raise HostError(f"{_shown(text)} is a URL with a path. Use the host name alone.")
    return _host(parts, text, _ENTERPRISE_PATH)


def host_of_api(text: str) -> Host:
    """Parse an API URL; without a path, ``/api/v3`` is added, except for localhost."""
    if "://" not in text:
        raise HostError(f"{_shown(text)} is not a valid API URL. It must start with https://.")
    parts = _split(text)
    path = "/" + parts.path.strip("/") if parts.path.strip("/") else ""
    if not re.fullmatch(r"[A-Za-z0-9._~/-]*", path) or "//" in path or {".", ".."} & set(path.split("/")):
        raise HostError(f"{_shown(text)} is not a valid API URL. Its path has characters that are not allowed.")
    return _host(parts, text, path or ("" if is_loopback(parts.hostname or "") else _ENTERPRISE_PATH))


def check_api_version(text: str) -> str:
    """Return a valid API version: a date such as ``2022-11-28``, or empty for the default."""
    if text and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise HostError(f"{_shown(text)} is not a valid API version. Use a date such as 2022-11-28.")
    return text


def is_loopback(name: str) -> bool:
    """Return whether a host is this machine, whatever DNS says; IPv4-mapped IPv6 addresses never count."""
    address = address_literal(name)
    if address is None or getattr(address, "ipv4_mapped", None):
        return name == "localhost"
    return address.is_loopback


def address_literal(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the IP address that a host is written as; None for a name."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _split(text: str) -> SplitResult:
    """Return the parts of a URL with a valid host, in lower case and without the final dot."""
    bare = text.strip()
    full = bare if "://" in bare else f"//{bare}"
    try:
        parts = urlsplit(full)
        port = parts.port
    except ValueError:
        raise HostError(f"{_shown(text)} is not a valid host name.") from None
    if parts.username is not None or parts.password is not None:
        raise HostError("The host contains a user name or password. Use the host name alone.")
    if parts.query or parts.fragment or "?" in bare or "#" in bare or parts.scheme not in {"", "http", "https"}:
        raise HostError(f"{_shown(text)} is not a valid host name.")
    name = _host_name(parts.hostname or "", text)
    scheme = parts.scheme or ("http" if is_loopback(name) else "https")
    if scheme == "http" and not is_loopback(name):
        raise HostError(f"{_shown(text)} is not encrypted. Use https.")
    if port == 0:
        raise HostError(f"{_shown(text)} has an invalid port.")
    shown = f"[{name}]" if ":" in name else name
    suffix = "" if port in {None, DEFAULT_PORTS[scheme]} else f":{port}"
    return SplitResult(scheme, shown + suffix, parts.path, "", "")


def _host_name(name: str, text: str) -> str:
    name = name.lower().removesuffix(".")
    address = address_literal(name)
    if address is not None and "%" not in name:
        return address.compressed
    if not name.isascii():
        raise HostError(f"{_shown(text)} has letters outside ASCII. Use its xn-- form.")
    if not _NAME.fullmatch(name) or name.rpartition(".")[2].isdigit():
        raise HostError(f"{_shown(text)} is not a valid host name.")
    return name


def _host(parts: SplitResult, text: str, path: str) -> Host:
    name = parts.hostname or ""
    cloud = _cloud(name, text)
    if cloud is None:
        web = f"{parts.scheme}://{parts.netloc}"
        return Host(parts.netloc, web + path, web, HostKind.ENTERPRISE_SERVER)
    if parts.port or path not in {"", _ENTERPRISE_PATH}:
        raise HostError(f"{_shown(text)} is not the API URL of {cloud[0]}. Use the host name alone.")
    return Host(cloud[0], f"https://api.{cloud[0]}", f"https://{cloud[0]}", cloud[1])


def _cloud(name: str, text: str) -> tuple[str, HostKind] | None:
    """Return the canonical name of a host that GitHub runs: github.com or SUB.ghe.com."""
    if name == "github.com" or name.endswith(".github.com"):
        return "github.com", HostKind.GITHUB
    if name == _RESIDENCY[1:]:
        raise HostError(f"{_shown(text)} is not a server. Use SUBDOMAIN.ghe.com.")
    if name.endswith(_RESIDENCY):
        return name.removesuffix(_RESIDENCY).rpartition(".")[2] + _RESIDENCY, HostKind.DATA_RESIDENCY
    return None


def _shown(text: str) -> str:
    return "The host" if "@" in text else f"'{printable(text, 80)}'"
