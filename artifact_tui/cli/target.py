"""The host, repository and workflow run to open, from arguments, environment, settings or the current clone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from artifact_tui.domain.backend import Start
from artifact_tui.domain.models import RepositoryName
from artifact_tui.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from artifact_tui.config.settings import Settings
    from artifact_tui.github.hosts import Host


class Target(NamedTuple):
    """A host, where to start there, and a sentence for each ignored setting."""

    host: Host
    start: Start
    notes: tuple[str, ...]


def choose_target(options: argparse.Namespace, environ: Mapping[str, str], settings: Settings) -> Target:
    """Return the repository of arguments, ``GH_REPO`` or clone, and its host; raise UsageError or HostError."""
    from artifact_tui.github.hosts import choose_host, ignored_api_url, read_host, with_account
    from artifact_tui.github.remotes import parse_repository

    named = options.repository or environ.get("GH_REPO", "")
    remote = parse_repository(named) if named else None
    if named and remote is None:
        raise _not_a_repository(named)
    is_chosen = bool(options.host or options.api_url or environ.get("GH_HOST") or environ.get("GITHUB_API_URL"))
    wanted = options.host or ("" if is_chosen else settings.host)
    known = [read_host(name) for name in settings.hosts]
    wish = choose_host(environ, host=wanted, api_url=options.api_url) if is_chosen or wanted else None
    notes = [ignored_api_url(environ, host=options.host, api_url=options.api_url)]
    if remote is None:
        from artifact_tui.github.clone import recognize_here

        remote, why = recognize_here(wish, [host.name for host in known], environ)
        notes.append(why)
    host = choose_host(environ, host=(remote.host if remote else "") or wanted, api_url=options.api_url)
    host = with_account(host, [wish] if wish and wish.name == host.name else known)
    return Target(host, _start(remote.repository if remote else None, options.run), tuple(filter(None, notes)))


def demo_start(options: argparse.Namespace) -> Start:
    """Return the start of the demo; raise :class:`~artifact_tui.errors.UsageError`."""
    if options.host or options.api_url:
        raise UsageError("--demo uses no server. Remove --host and --api-url.")
    if not options.repository:
        return _start(None, options.run)
    from artifact_tui.github.remotes import parse_repository

    named = parse_repository(options.repository)
    if named is None or named.host not in ("", "github.com"):  # the host that the demo appears as
        raise _not_a_repository(options.repository)
    return _start(named.repository, options.run)


def _not_a_repository(text: str) -> UsageError:
    return UsageError(f"{text!r} is not a repository name. Use OWNER/REPO.")


def _start(repository: RepositoryName | None, run: int | None) -> Start:
    if run is not None and repository is None:
        raise UsageError("--run needs a repository. Use artifact-tui OWNER/REPO --run ID.")
    return Start(repository, run)
