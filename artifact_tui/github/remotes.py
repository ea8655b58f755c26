"""The repository of the clone we were started in, from its git remotes, and the one that ``GH_REPO`` names."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Container, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from artifact_tui.github.hosts import Host, HostError, host_named
from artifact_tui.model import RepositoryName

_SCHEMES = {"https", "http", "ssh", "git", "git+ssh", "git+https"}
_ORDER = ("upstream", "github", "origin")
_SECONDS = 5.0


class Remote(Struct, frozen=True):
    """A repository on a host; ``host`` is as it was written, lower case, and empty where none was."""

    host: str
    repository: RepositoryName


def parse_remote(url: str) -> Remote | None:
    """Read the address of a remote in its https, ssh and scp forms; None for paths and other forges' shapes.

    A host alias of ssh's configuration stays as it is: it then matches no server, which is better than a guess.
    """
    text = url.strip()
    if "://" in text:
        return _parse_url(text)
    match = re.fullmatch(r"(?:[^@/\s]+@)?(\[[0-9A-Fa-f:.]+\]|[^:/@\s\[\]]+):(?!//)/?([^\s]+)", text)
    if match is None or (len(match[1]) == 1 and "\\" in match[2]):
        return None
    return _remote(match[1].strip("[]"), match[2])


def parse_repository(text: str) -> Remote | None:
    """Read ``[HOST/]OWNER/REPO`` or an address, as ``GH_REPO`` and the command line give them."""
    if "://" in text or "@" in text:
        return parse_remote(text)
    host, slash, rest = text.strip().partition("/") if text.count("/") == 2 else ("", "", text)
    name = RepositoryName.parse(rest)
    return None if name is None or (slash and not host) else Remote(host.lower(), name)


def clone_remotes(directory: Path) -> tuple[Remote, ...]:
    """The remotes of the clone that ``directory`` is in, best first; empty outside a clone or without git.

    The order is the one that ``gh`` uses: its own choice (``gh repo set-default``), upstream, github, origin, others.
    """
    lines = re.findall(r"^(\S+)\t(.*) \(fetch\)", _git(directory, "remote", "-v"), re.MULTILINE)
    if not lines:
        return ()
    chosen = set(re.findall(r"^remote\.(\S+)\.gh-resolved base$", _chosen(directory), re.MULTILINE | re.IGNORECASE))
    ranked = sorted(lines, key=lambda line: (line[0] not in chosen, _rank(line[0])))
    return tuple(remote for _, url in ranked if (remote := parse_remote(url)))


def choose_remote(remotes: Iterable[Remote], host: Host | None, known: Container[str] = ()) -> Remote | None:
    """The first remote on ``host``; without one, the first on a host that GitHub runs or that is ``known`` by name.

    A remote alone never makes us talk to an unknown server: a token must not follow whatever a clone says.
    """
    for remote in remotes:
        server = _server(remote)
        if server is None:
            continue
        trusted = server.kind != "enterprise server" or server.name in known
        if trusted if host is None else server.name == host.name:
            return remote
    return None


def _server(remote: Remote) -> Host | None:
    try:
        return host_named(remote.host)
    except HostError:
        return None


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
    return None if name is None else Remote(host.lower(), name)


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _chosen(directory: Path) -> str:
    return _git(directory, "config", "--get-regexp", r"^remote\..*\.gh-resolved$")


def _git(directory: Path, *arguments: str) -> str:
    """What git prints; nothing when it fails, is missing or does not answer."""
    command = ["git", "-C", str(directory), *arguments]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
