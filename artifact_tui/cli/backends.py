"""The backends, created on first use in a thread: a real server, or the demo's, behind the same client.

The provider is chosen here. For another one, write a function that returns its Backend, as :func:`github_backend` does,
and call it in :func:`plan_for` for its hosts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from artifact_tui.domain.backend import Backend, Start
from artifact_tui.github.from_settings import record_of, sign_in_of
from artifact_tui.github.hosts import Host, host_named

if TYPE_CHECKING:
    from artifact_tui.config.paths import Memory
    from artifact_tui.config.settings import Settings
    from artifact_tui.demo.data import World
    from artifact_tui.demo.httpx_transport import DemoTransport
    from artifact_tui.demo.server import DemoServer
    from artifact_tui.domain.provider import ArtifactStore, Provider
    from artifact_tui.github.http.limiter import RequestLimiter
    from artifact_tui.github.server_info import ServerInfo
    from artifact_tui.github.sign_in import HostSignIn
    from artifact_tui.github.tokens.credentials import Access, Credential

DEMO_LATENCY = 0.05  # seconds per request, as on a fast network
DEMO_RATE = 12_000_000  # bytes per second and download


class LaunchPlan(NamedTuple):
    """The result of arguments and environment; ``notes`` are sentences about ignored settings, shown once."""

    backend: Backend
    start: Start
    clock: Callable[[], datetime]
    notes: tuple[str, ...] = ()


def plan_for(
    host: Host,
    start: Start,
    environ: Mapping[str, str],
    settings: Settings,
    memory: Memory,
    *,
    budget: int | None = None,
    clock: Callable[[], datetime] | None = None,
) -> LaunchPlan:
    """Return the plan for a host; raise TokenError for an invalid token variable.

    ``memory`` may know the release of the server; ``budget`` limits the number of API requests; ``clock`` is the real
    one by default.
    """
    from datetime import UTC
    from functools import partial

    from artifact_tui.github.tokens.credentials import find_credential

    find_credential(host, environ)
    clock = clock or partial(datetime.now, UTC)
    release = memory.release_of(host.base_url, clock())
    backend = github_backend(host, settings, environ, clock, release, budget=budget)
    _look_up_token(backend)
    return LaunchPlan(backend, start, clock)


def _look_up_token(backend: Backend) -> None:
    """Look up the token while the libraries of the screen load; later lookups return the same result."""
    from contextlib import suppress
    from threading import Thread

    def look_up() -> None:
        with suppress(Exception):  # raised again when the token is needed
            backend.mark(b"")

    Thread(target=look_up, name="token", daemon=True).start()


def plan_demo(start: Start, settings: Settings, environ: Mapping[str, str], *, budget: int | None = None) -> LaunchPlan:
    """Return the plan of the demo, whose clock stands still, so screens are reproducible."""
    from artifact_tui.demo.fixed_clock import demo_clock

    is_large = environ.get("ARTIFACT_TUI_DEMO") == "large"
    return LaunchPlan(demo_backend(settings, demo_clock, budget=budget, is_large=is_large), start, demo_clock)


def github_backend(
    host: Host,
    settings: Settings,
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
    release: str = "",
    *,
    budget: int | None = None,
) -> Backend:
    """Return the backend of a real server; provider and store share what they learn, and ``release`` if known."""
    record = record_of(host, settings)
    if release:
        record.probed(release)
    sign_in = sign_in_of(record, settings, environ, by_code=not settings.read_only)  # a code needs POST
    backend = _backend(record, lambda: _found(sign_in), clock, lambda: None, budget=budget)
    return backend._replace(sign_in=sign_in, mark=lambda key: _mark(sign_in, key))


def _mark(sign_in: HostSignIn, key: bytes) -> str:
    credential = _found(sign_in).credential
    return credential.token.identity(key) if credential else ""


def _found(sign_in: HostSignIn) -> Access:
    from artifact_tui.domain.provider import SignedOut
    from artifact_tui.github.tokens.credentials import TokenError

    try:
        return sign_in.find()
    except TokenError as error:
        raise SignedOut(str(error)) from None


def demo_backend(
    settings: Settings, clock: Callable[[], datetime], *, budget: int | None = None, is_large: bool = False
) -> Backend:
    """Return the demo's backend, which appears as github.com; ``is_large`` adds many repositories to its owner."""

    @cache
    def server() -> DemoServer:
        from artifact_tui.demo.server import DemoServer

        return DemoServer(clock=clock, latency=DEMO_LATENCY, rate=DEMO_RATE, world=_large() if is_large else None)

    def transport() -> DemoTransport:
        from artifact_tui.demo.httpx_transport import DemoTransport

        return DemoTransport(server())  # one for each client, because closing it ends all its requests

    def credential() -> Credential:
        from artifact_tui.demo.accounts import DEMO_TOKEN
        from artifact_tui.github.tokens.credentials import Credential, Token

        return Credential(Token(DEMO_TOKEN), "the demo")

    record = record_of(host_named("github.com"), settings)
    return _backend(record, credential, clock, transport, is_metered=False, budget=budget)


def _large() -> World:
    from artifact_tui.demo.data import load_world
    from artifact_tui.demo.large_owner import large_world

    return large_world(load_world())


def _backend(
    record: ServerInfo,
    credential: Callable[[], Credential | Access],
    clock: Callable[[], datetime],
    transport: Callable[[], DemoTransport | None],
    *,
    is_metered: bool = True,
    budget: int | None = None,
) -> Backend:
    limiter = _shared_limiter(record, is_metered=is_metered, budget=budget)

    def provider() -> Provider:
        from artifact_tui.github.provider import GitHubProvider

        return GitHubProvider(record, credential(), transport=transport(), clock=clock, limiter=limiter())

    def storage() -> ArtifactStore:
        from artifact_tui.github.artifact_store import GitHubArtifactStore

        return GitHubArtifactStore(record, credential(), transport=transport(), clock=clock, limiter=limiter())

    host = record.host
    named = (host.name, host.kind, host.web_url, host.base_url, host.label)
    return Backend(provider, storage, *named, requests=lambda: limiter().sent)


def _shared_limiter(record: ServerInfo, *, is_metered: bool, budget: int | None) -> Callable[[], RequestLimiter]:
    """Return a function that returns one limiter for provider and store, which threads create."""
    lock = Lock()

    @cache
    def made() -> RequestLimiter:
        from artifact_tui.github.http.limiter import RequestLimiter

        return RequestLimiter(record, is_metered=is_metered, budget=budget)

    def limiter() -> RequestLimiter:
        with lock:
            return made()

    return limiter
