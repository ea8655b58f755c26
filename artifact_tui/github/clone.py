"""The clone around the current directory: its repository, or why it is not recognized.

Runs ``git`` and, for a host alias, ``ssh -G``, which only prints settings. Both have a time limit and run no code of
the clone.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from artifact_tui.github.hosts import Host
from artifact_tui.github.remotes import Remote, is_on_ssh, no_repository, parse_remote, trusted_server
from artifact_tui.github.tokens.child_process import Finished, Unanswered, ask_child
from artifact_tui.text import printable

_ORDER = ("upstream", "github", "origin")
_GIT_SECONDS = 5.0
_SSH_SECONDS = 2.0
_MOST_ALIASES = 3
_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""A name that is safe in commands of the SSH configuration (CVE-2023-51385)."""


class Clone(NamedTuple):
    """The remotes of a clone as ``(name, URL)``, best first, or why git could not list them; empty outside a clone."""

    remotes: tuple[tuple[str, str], ...] = ()
    why: str = ""


class Recognized(NamedTuple):
    """The repository of a clone, or why there is none; both empty outside a clone."""

    remote: Remote | None = None
    why: str = ""


def recognize_here(host: Host | None, known: Container[str], environ: Mapping[str, str]) -> Recognized:
    """Return :func:`recognize_clone` of the current directory, which may have been deleted."""
    try:
        here = Path.cwd()
    except OSError:
        return Recognized(None, "The current directory no longer exists, so no clone was found.")
    return recognize_clone(here, host, known, environ)


def recognize_clone(
    directory: Path, host: Host | None, known: Container[str], environ: Mapping[str, str]
) -> Recognized:
    """Return the repository of the clone around ``directory``.

    It must be on ``host``, or, without one, on a host that GitHub runs or that is ``known`` by name: a clone must not
    be able to send a token to an unknown server.
    """
    clone = read_clone(directory, environ)
    reasons, aliases = list[str](), 0
    for name, address in clone.remotes:
        remote = parse_remote(address)
        if remote is None:
            reasons.append(no_repository(name, address))
            continue
        found = _if_trusted(remote, host, known)
        if found is None and is_on_ssh(address) and aliases < _MOST_ALIASES:
            aliases += 1
            real = resolve_alias(remote.host, environ)
            remote = Remote(real or remote.host, remote.repository)
            found = _if_trusted(remote, host, known)
        if found is not None:
            return Recognized(found)
        reasons.append(_elsewhere(name, remote, host))
    return Recognized(None, reasons[0] if reasons else clone.why)


def read_clone(directory: Path, environ: Mapping[str, str]) -> Clone:
    """Ask git for the remotes, in the order of ``gh``: the one of ``gh repo set-default``, upstream, github, origin."""
    done = _git(directory, environ, "remote", "-v")
    if done is None:
        return Clone((), "git did not answer, so this clone was not recognized. Name the repository as OWNER/REPO.")
    if done.code != 0:
        return Clone((), _unread(directory, done.output))
    lines = re.findall(r"^(\S+)\t(.*) \(fetch\)", _text(done), re.MULTILINE)
    if not lines:
        return Clone((), "This clone has no remote. Name the repository as OWNER/REPO.")
    settings = _git(directory, environ, "config", "--get-regexp", r"^remote\..*\.gh-resolved$")
    chosen = set(re.findall(r"^remote\.(\S+)\.gh-resolved base$", _text(settings), re.MULTILINE | re.IGNORECASE))
    return Clone(tuple(sorted(lines, key=lambda line: [line[0] not in chosen, *(line[0] != name for name in _ORDER)])))


def resolve_alias(alias: str, environ: Mapping[str, str]) -> str:
    """Return the host that the SSH configuration has for an alias, without DNS; empty for no other, valid host."""
    if not _ALIAS.fullmatch(alias):
        return ""
    command = ["ssh", "-G", "-o", "CanonicalizeHostname=no", "--", alias]
    try:
        done = ask_child(command, environ, seconds=_SSH_SECONDS, directory="/")
    except (OSError, Unanswered):
        return ""
    found = re.search(r"^hostname (\S+)$", _text(done), re.MULTILINE)
    return found[1].lower() if found and found[1].lower() != alias.lower() else ""


def _if_trusted(remote: Remote, host: Host | None, known: Container[str]) -> Remote | None:
    server = trusted_server(remote, host, known)
    return Remote(server.name, remote.repository) if server else None


def _elsewhere(name: str, remote: Remote, host: Host | None) -> str:
    where = f"The remote {printable(name, 40)} is on {printable(remote.host, 80)}"
    if host is not None:
        return f"{where}, not on {host.name}. Name the repository as OWNER/REPO."
    return f"{where}, which is not a known host. Use --host, or add it to hosts in config.toml."


def _unread(directory: Path, said: bytes) -> str:
    """Return why git lists no remotes: no clone here, or one of another user (git's ``safe.directory``)."""
    top = next((path for path in (directory, *directory.parents) if (path / ".git").exists()), None)
    if top is None:
        return ""
    if b"safe.directory" not in said:
        return "git cannot read this clone. Name the repository as OWNER/REPO."
    shown = printable(quote(str(top)), 200)
    return f"This clone belongs to another user. To use it, run: git config --global --add safe.directory {shown}"


def _git(directory: Path, environ: Mapping[str, str], *arguments: str) -> Finished | None:
    """Return git's result; None for a timeout, code 127 if git is missing."""
    try:
        return ask_child(["git", "-C", str(directory), *arguments], environ, seconds=_GIT_SECONDS, with_errors=True)
    except OSError:
        return Finished(127, b"")
    except Unanswered:
        return None


def _text(done: Finished | None) -> str:
    return done.output.decode("utf-8", "replace") if done is not None and done.code == 0 else ""


def read_head(directory: Path, environ: Mapping[str, str]) -> str:
    """Return the SHA of the commit that HEAD of the clone around ``directory`` names; empty if there is none."""
    found = _text(_git(directory, environ, "rev-parse", "--verify", "HEAD^{commit}")).strip()
    return found if re.fullmatch(r"[0-9a-f]{40}", found) else ""
