"""How the server is reached: a real one, or the demo's in this process, behind the very same client.

Everything here is made when it is first needed, in a thread, because the libraries take longer to load than the
first frame to draw.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from artifact_tui.app import Backend
from artifact_tui.github.hosts import Host, host_named
from artifact_tui.github.server import ServerRecord

if TYPE_CHECKING:
    from artifact_tui.demo.transport import DemoTransport
    from artifact_tui.github.credentials import Credential
    from artifact_tui.provider import Provider, Storage
    from artifact_tui.settings import Settings

DEMO_LATENCY = 0.05  # seconds a request, as over a good line
DEMO_RATE = 12_000_000  # bytes a second for each download


def github_backend(
    host: Host, settings: Settings, credential: Credential | None, clock: Callable[[], datetime]
) -> Backend:
    """Provider and storage of a real server, sharing what they learn of it."""
    return _backend(host, settings, lambda: credential, clock, lambda: None)


def demo_backend(settings: Settings, clock: Callable[[], datetime]) -> Backend:
    """The demo's server, which is github.com to the client."""

    @cache
    def transport() -> DemoTransport:
        from artifact_tui.demo.server import DemoServer
        from artifact_tui.demo.transport import DemoTransport

        return DemoTransport(DemoServer(clock=clock, latency=DEMO_LATENCY, rate=DEMO_RATE))

    def credential() -> Credential:
        from artifact_tui.demo.accounts import DEMO_TOKEN
        from artifact_tui.github.credentials import Credential, Token

        return Credential(Token(DEMO_TOKEN), "the demo")

    return _backend(host_named("github.com"), settings, credential, clock, transport)


def _backend(
    host: Host,
    settings: Settings,
    credential: Callable[[], Credential | None],
    clock: Callable[[], datetime],
    transport: Callable[[], DemoTransport | None],
) -> Backend:
    record = ServerRecord(host, api_version=settings.api_version, read_only=settings.read_only)

    def provider() -> Provider:
        from artifact_tui.github.client import GitHubProvider

        return GitHubProvider(record, credential(), transport=transport(), clock=clock)

    def storage() -> Storage:
        from artifact_tui.github.storage import GitHubStorage

        return GitHubStorage(record, credential(), transport=transport(), clock=clock)

    return Backend(provider, storage, host.name, host.web_url, host.base_url)
