"""Objects for one server, built from settings and environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from artifact_tui.github.hosts import Host
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.redaction import redact

if TYPE_CHECKING:
    from artifact_tui.config.settings import Settings
    from artifact_tui.github.sign_in import HostSignIn
    from artifact_tui.github.tokens.sources import TokenSources


def record_of(host: Host, settings: Settings) -> ServerInfo:
    """Return the record of a server; its URLs may be logged."""
    redact.trust(urlsplit(address).netloc for address in (host.base_url, host.web_url))
    return ServerInfo(host, api_version=settings.api_version, read_only=settings.read_only, ca_file=settings.ca_file)


def sign_in_of(
    record: ServerInfo, settings: Settings, environ: Mapping[str, str], *, by_code: bool = True
) -> HostSignIn:
    """Return the sign-in for the server of ``record``; ``by_code`` allows the device flow."""
    from artifact_tui.github.sign_in import HostSignIn

    known = environ.get("ARTIFACT_TUI_CLIENT_ID", "") or settings.client_ids.get(record.host.name, "")
    return HostSignIn(sources_of(record.host, environ), record, client_id=known if by_code else "")


def sources_of(host: Host, environ: Mapping[str, str]) -> TokenSources:
    """Return the token sources for a host."""
    from artifact_tui.config.paths import Paths
    from artifact_tui.github.tokens.sources import TokenSources

    paths = Paths.of_user()
    return TokenSources(host, environ, paths.tokens if paths else None)
