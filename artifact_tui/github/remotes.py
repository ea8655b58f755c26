"""Repositories in git remotes and ``GH_REPO``."""

from __future__ import annotations

import re
from collections.abc import Container
from urllib.parse import urlsplit

from msgspec import Struct

from artifact_tui.domain.models import RepositoryName
from artifact_tui.github.hosts import Host, HostError, host_named
from artifact_tui.text import printable

_SCHEMES = {"https", "http", "ssh", "git", "git+ssh", "git+https"}
_GIST = re.compile(r"(^|[/@.])gist\.|/gist/", re.IGNORECASE)
_WIKI = re.compile(r"\.wiki(\.git)?/?$", re.IGNORECASE)


class Remote(Struct, frozen=True):
    """A repository on a host; ``host`` is lower case and may be empty or an alias of the SSH configuration."""

    host: str
    repository: RepositoryName


def parse_remote(url: str) -> Remote | None:
    """Parse a git remote in its https, ssh or scp form; None for paths, gists, wikis and other shapes."""
    text = url.strip()
    if "://" in text:
        return _parse_url(text)
    match = re.fullmatch(r"(?:[^@/\s]+@)?(\[[0-9A-Fa-f:.]+\]|[^:/@\s\[\]]+):(?!//)/?([^\s]+)", text)
    if match is None or (len(match[1]) == 1 and "\\" in match[2]):
        return None
    return _remote(match[1].strip("[]"), match[2])


def parse_repository(text: str) -> Remote | None:
    """Parse ``[HOST/]OWNER/REPO`` or a URL, from ``GH_REPO`` or the command line."""
    if "://" in text or "@" in text:
        return parse_remote(text)
    host, slash, rest = text.strip().partition("/") if text.count("/") == 2 else ("", "", text)
    return None if slash and not host else _remote(host, rest)


def trusted_server(remote: Remote, host: Host | None, known: Container[str] = ()) -> Host | None:
    """Return the server of a remote if it is ``host``; without ``host``, if GitHub runs it or it is ``known``."""
    try:
        server = host_named(remote.host)
    except HostError:
        return None
    is_trusted = server.kind.is_cloud or server.name in known
    return server if (is_trusted if host is None else server.name == host.name) else None


def is_on_ssh(url: str) -> bool:
    """Return whether a remote uses SSH, whose hosts may be aliases."""
    scheme, separator, _ = url.strip().partition("://")
    return not separator or scheme.lower() in {"ssh", "git+ssh"}


def no_repository(name: str, url: str) -> str:
    """Return why a remote does not name a repository with artifacts."""
    remote = f"The remote {printable(name, 40)}"
    if _GIST.search(url):
        return f"{remote} is a gist, which has no artifacts. Name a repository as OWNER/REPO."
    if _WIKI.search(url):
        return f"{remote} is a wiki, which has no artifacts. Name its repository as OWNER/REPO."
    return f"{remote} is not a repository on a GitHub host. Name one as OWNER/REPO."


def _parse_url(text: str) -> Remote | None:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    web = parts.scheme.lower() in {"http", "https", "git+https"}
    return _remote(f"{host}:{port}" if web and port not in {None, 80, 443} else host, parts.path)


def _remote(host: str, path: str) -> Remote | None:
    name = RepositoryName.parse(path.strip("/"))
    if name is None or host.lower().startswith("gist.") or name.name.lower().endswith(".wiki"):
        return None
    return Remote(host.lower(), name)
