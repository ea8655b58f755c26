"""What every command of line mode works with: options, settings, server, repository, messages, and limits."""

from __future__ import annotations

import asyncio
import re
import time
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from msgspec.structs import replace

from artifact_tui.cli.backends import LaunchPlan, plan_demo, plan_for
from artifact_tui.cli.line.local import LocalContext
from artifact_tui.cli.line.stderr import Messages
from artifact_tui.cli.target import choose_target, demo_start
from artifact_tui.config.paths import Memory, MemoryFile, Paths
from artifact_tui.config.settings import Settings, SettingsError, examine_settings, is_read_only
from artifact_tui.domain.models import Page, Place, RepositoryName
from artifact_tui.domain.provider import Provider, RateLimited
from artifact_tui.errors import UsageError, UserError
from artifact_tui.github.hosts import check_api_version, host_named, host_of_api, read_host
from artifact_tui.text import at_time, printable, shows_unicode

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from artifact_tui.domain.backend import Backend

Answer = TypeVar("Answer")
Thing = TypeVar("Thing")
NO_REPOSITORY = "No repository. Name one as OWNER/REPO, or run the command in a clone."
NO_DEMO_REPOSITORY = "No repository. The demo reads neither variables nor the clone: add -R fernwood-labs/kestrel."
DEMO_HOST = "github.com"
"""The host that the demo appears as."""
_OF_THE_SCREEN = "(directory|unpack|on-existing|theme|lean-output|cursor|preset|keys|columns)"
_MISTAKE_OF_THE_SCREEN = re.compile(
    rf"(each of |names in \[)?{_OF_THE_SCREEN}\b(?!-)|unknown setting \S+ in {_OF_THE_SCREEN}\b"
)
"""Sentences about settings that line mode does not read, so they do not stop it."""


class Timer(NamedTuple):
    """How a command waits: a monotonic time and a sleep, both in seconds."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


class LineContext(LocalContext):
    """Options, settings and server of one command; ``provider`` is created on first use and closed at the end.

    ``is_late`` tells a command that is being cancelled whether ``--timeout`` is the reason.
    """

    def __init__(
        self,
        options: Namespace,
        environ: Mapping[str, str],
        messages: Messages,
        plan: LaunchPlan,
        timer: Timer | None = None,
    ) -> None:
        super().__init__(options, environ, messages, plan.clock)
        self.settings: Settings = options.settings
        self.backend: Backend = plan.backend
        self.now = plan.clock()
        self.timer = timer or Timer()
        self.is_late: Callable[[], bool] = lambda: False
        self._repository = plan.start.repository
        self._reasons = () if self._repository else plan.notes
        self._provider: Provider | None = None
        self._may_wait: timedelta = options.rate_wait
        self._waited_until: datetime | None = None

    @property
    def repository(self) -> RepositoryName:
        """The repository of argument, ``-R``, ``GH_REPO``, clone or ``GITHUB_REPOSITORY``; raise UsageError."""
        if self._repository is None:
            missing = NO_DEMO_REPOSITORY if self.options.demo else NO_REPOSITORY
            raise UsageError(" ".join(self._reasons) or missing)
        return self._repository

    def use_repository(self, repository: RepositoryName) -> None:
        """Use this repository, which a file names."""
        self._repository = repository

    @property
    def run_of_job(self) -> str:
        """The ID of the run whose job this is, empty outside GitHub Actions."""
        return self.environ.get("GITHUB_RUN_ID", "")

    @property
    def is_unicode(self) -> bool:
        """Whether the locale is UTF-8."""
        return shows_unicode(self.environ)

    def head_commit(self) -> str:
        """Return the SHA of HEAD in the clone around the current directory, empty outside one; runs git."""
        from artifact_tui.github.clone import read_head

        return read_head(Path.cwd(), self.environ)

    @property
    def provider(self) -> Provider:
        """The provider; the first use looks up the token, which blocks."""
        if self._provider is None:
            self._provider = self.backend.provider()
        return self._provider

    @property
    def rate_wait_left(self) -> timedelta:
        """What is left of ``--rate-wait``."""
        return self._may_wait

    async def close(self) -> None:
        """Close every connection, and store what is learned about the server."""
        if self._provider is not None:
            await self._provider.close()
            if paths := Paths.of_user():
                server = self._provider.connection.server
                MemoryFile(paths.state).keep_release(self.backend.api_url, server, self.now)

    async def error_of(self, work: Awaitable[object]) -> UserError | asyncio.CancelledError | None:
        """Return the error or the ``--timeout`` that ends the work, to be raised after what was read is written."""
        try:
            await work
        except UserError as error:
            return error
        except asyncio.CancelledError as error:
            if not self.is_late():
                raise
            return error
        return None

    async def ask(self, request: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer of a request, repeated after rate limits as long as ``--rate-wait`` allows."""
        while True:
            try:
                return await request()
            except RateLimited as error:
                await self._wait(error)

    async def pages(
        self, listing: Callable[[Place | None], AsyncIterator[Page[Thing]]]
    ) -> AsyncGenerator[Page[Thing], None]:
        """Yield the pages of a list, continued after rate limits as long as ``--rate-wait`` allows."""
        place: Place | None = None
        while True:
            try:
                async with aclosing(cast("AsyncGenerator[Page[Thing], None]", listing(place))) as pages:
                    async for page in pages:
                        place = page.rest
                        yield page
            except RateLimited as error:
                await self._wait(error)
            else:
                return

    async def _wait(self, error: RateLimited) -> None:
        """Wait for a rate limit; requests that wait at the same time count once."""
        now = self.clock()
        end = max(now, error.until or now + timedelta(minutes=1))
        more = max(timedelta(0), end - max(now, self._waited_until or now))
        if more > self._may_wait:
            raise error
        self._may_wait -= more
        if more:
            self._waited_until = end
            self.messages.note(f"Rate limit: waiting until {at_time(end, now)}.")
        await self.timer.sleep((end - now).total_seconds())


def open_context(
    options: Namespace,
    environ: Mapping[str, str],
    messages: Messages,
    clock: Callable[[], datetime],
    timer: Timer | None = None,
) -> LineContext:
    """Return the context of a command; raise :class:`~artifact_tui.errors.UserError`."""
    paths = None if options.demo or options.no_config else Paths.of_user()
    options.settings = _settings(options, environ, paths)
    plan = _plan(options, environ, clock)
    for note in plan.notes if plan.start.repository else ():
        messages.note(note)
    return LineContext(options, environ, messages, plan, timer)


def _plan(options: Namespace, environ: Mapping[str, str], clock: Callable[[], datetime]) -> LaunchPlan:
    settings = options.settings
    host = options.host or getattr(options, "owner_host", "")
    target = Namespace(repository=options.repo or "", run=None, host=host, api_url=options.api_url or "")
    if options.demo:
        target.host = options.host or ("" if host == DEMO_HOST else host)
        return plan_demo(demo_start(target), settings, environ, budget=options.max_requests)
    _check_pasted_host(options, environ, settings)
    found = choose_target(target, environ, settings)
    start = found.start
    if start.repository is None and (name := environ.get("GITHUB_REPOSITORY")):
        start = start._replace(repository=RepositoryName.parse(name))
    paths = Paths.of_user()
    memory = MemoryFile(paths.state).value if paths else Memory()
    plan = plan_for(found.host, start, environ, settings, memory, budget=options.max_requests, clock=clock)
    notes = found.notes if start is found.start else ()  # a repository from the environment needs no clone
    return plan._replace(notes=notes)


def _check_pasted_host(options: Namespace, environ: Mapping[str, str], settings: Settings) -> None:
    """Raise UsageError for a URL on a host that is neither known nor named: it would get a token."""
    host = getattr(options, "pasted_host", "")
    named = {host_named(name).name for name in (options.host, environ.get("GH_HOST")) if name}
    named |= {host_of_api(options.api_url).name} if options.api_url else set()
    named |= {read_host(name).name for name in (*settings.hosts, settings.host) if name}
    if host and not (host_named(host).kind.is_cloud or host_named(host).name in named):
        raise UsageError(f"{printable(host, 80)} is not a known host. Add --host {printable(host, 80)} to use it.")


def _settings(options: Namespace, environ: Mapping[str, str], paths: Paths | None) -> Settings:
    settings = _read_settings(paths.config) if paths else Settings()
    check_api_version(options.api_version or settings.api_version)
    return replace(
        settings,
        read_only=is_read_only(options.read_only, settings, environ),
        api_version=options.api_version or settings.api_version,
        ca_file=options.ca_file or settings.ca_file,
    )


def _read_settings(path: Path) -> Settings:
    settings, mistakes = examine_settings(path)
    if ours := [mistake for mistake in mistakes if not _MISTAKE_OF_THE_SCREEN.match(mistake)]:
        raise SettingsError(*ours, path=path)
    return settings
