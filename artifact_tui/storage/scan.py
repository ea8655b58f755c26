"""The scan of all repositories of an owner: which were read, what they hold, and why others were not read."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from typing import Protocol, TypeVar, cast

from artifact_tui.domain.models import Artifact, Page, Place, RateLimit, Repository
from artifact_tui.domain.provider import (
    BudgetSpent,
    Provider,
    ProviderError,
    RateLimited,
    SignedOut,
    SsoRequired,
)
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.scanned_repository import (
    IncompleteList,
    RepositoryReading,
    ScannedRepository,
    in_order,
    is_idle,
    merged,
)
from artifact_tui.text import at_time, count

Thing = TypeVar("Thing")
AT_ONCE = 16
"""Repositories that are read at the same time; the limiter bounds their requests."""
ALL_ROWS = 10**9
RESERVE = 500
"""Requests per hour that a scan leaves to other work; more of a large limit, fewer of a small one."""
STOPPING = (SignedOut, SsoRequired, RateLimited, BudgetSpent)
"""The errors that concern the owner, not one repository."""


class Follow(Protocol):
    """Yields the pages of a listing, and decides whether to wait for rate limits, from where the listing continues."""

    def __call__(
        self, listing: Callable[[Place | None], AsyncIterator[Page[Thing]]], /
    ) -> AsyncGenerator[Page[Thing], None]:
        """Yield the pages."""


class OwnerScan:
    """Reads the artifacts of all repositories of an owner: by GB-hours on the bill, size of caches, and last push.

    ``known`` are earlier readings by ID of the repository: a repository whose page 1 is unchanged, or differs only by
    new artifacts, takes one request. Readings not older than ``since`` take none. ``billed`` are GB-hours, and
    ``caches`` sizes, by full name in lower case; they can be set until the repositories are read. ``changed`` is called
    in the event loop after each page, ``listed`` after each page of the list of repositories. With ``skips_idle``,
    repositories without a push for long, or archived, are not read, until it is set to False, unless they are known.
    """

    def __init__(
        self,
        provider: Provider,
        owner: str,
        *,
        follow: Follow,
        clock: Callable[[], datetime],
        known: Mapping[int, RepositoryReading] | None = None,
        since: datetime | None = None,
        billed: Mapping[str, float] | None = None,
        caches: Mapping[str, int] | None = None,
        changed: Callable[[ScannedRepository], object] = lambda found: None,
        listed: Callable[[], object] = lambda: None,
        skips_idle: bool = False,
    ) -> None:
        self._provider = provider
        self.owner = owner
        self._follow = follow
        self._clock = clock
        self._known = known or {}
        self._since = since
        self.billed = billed or {}
        self.caches = caches or {}
        self._changed = changed
        self._listed = listed
        self.skips_idle = skips_idle
        self.repositories: list[ScannedRepository] = []
        self.listed_at: datetime | None = None
        """When all repositories were listed; None until then."""

    @property
    def unread(self) -> list[ScannedRepository]:
        """The repositories that were not read, or not to the end."""
        return [found for found in self.repositories if found.reading is None]

    @property
    def not_scanned(self) -> list[ScannedRepository]:
        """The repositories that are not read because they are idle."""
        return [found for found in self.unread if self.leaves_out(found)]

    @property
    def waiting(self) -> list[ScannedRepository]:
        """The repositories that :meth:`run` reads."""
        return [found for found in self.unread if not self.leaves_out(found)]

    def leaves_out(self, found: ScannedRepository) -> bool:
        """Return whether a repository is not read because it is idle."""
        is_new = found.known is None and found.reading is None
        return self.skips_idle and is_new and is_idle(found.repository, self.listed_at or self._clock())

    def use_list(self, repositories: Iterable[Repository], listed_at: datetime) -> None:
        """Scan these repositories of an earlier list."""
        self._add(repositories)
        self.listed_at = listed_at

    async def run(self) -> None:
        """Read what was not read yet; raise the error that stops the whole scan.

        Other errors stay with their repository. What was read stays, also after an error or a cancellation.
        """
        if self.listed_at is None:
            await self.list_all()
        waiting = deque(in_order(self.waiting, self.billed, self.caches, self._clock()))
        tasks = [asyncio.create_task(self._work(waiting)) for _ in range(min(AT_ONCE, len(waiting)))]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def list_all(self) -> None:
        """List the repositories, which are then read by :meth:`run`; raise ProviderError."""
        self.repositories.clear()
        pages = self._follow(lambda place: self._provider.repositories(self.owner, start=place, most=ALL_ROWS))
        async with aclosing(pages):
            async for page in pages:
                self._add(page.items)
                self._listed()
        self.listed_at = self._clock()

    def _add(self, repositories: Iterable[Repository]) -> None:
        self.repositories += [ScannedRepository(each, self._known.get(each.id)) for each in repositories]

    async def _work(self, waiting: deque[ScannedRepository]) -> None:
        while waiting:
            found = waiting.popleft()
            try:
                await self._read(found)
            except STOPPING:
                raise
            except ProviderError as error:
                found.error = error
            self._changed(found)

    async def _read(self, found: ScannedRepository) -> None:
        """Read a repository; once more if its list changed meanwhile, because rows may have moved between pages."""
        if found.known is not None and self._since is not None and found.known.at >= self._since:
            found.reading = found.known
            return
        if not await self._walk(found) and not await self._walk(found):
            missing = (found.total or 0) - len(found.columns)
            if missing > 0:
                sentence = f"The server listed {len(found.columns):,} of {found.total:,} artifacts."
                raise IncompleteList(sentence, "Try again.")
            found.finish(self._clock(), "")

    async def _walk(self, found: ScannedRepository) -> bool:
        """Read all pages, or as many as prove the rest; return False if the list changed meanwhile."""
        found.start()
        first: Page[Artifact] | None = None
        pages = self._follow(partial(self._listing, found))
        async with aclosing(pages):
            async for page in pages:
                columns = None if first is not None else self._from_first(found, page)
                if columns is not None:
                    found.finish(self._clock(), page.etag or (found.known.etag if found.known else ""), columns)
                    return True
                first = first or page
                found.add(page)
                self._changed(found)
                if page.skipped:
                    raise IncompleteList(f"{count(page.skipped, 'artifact')} could not be decoded.", "Try again.")
        is_same = first is not None and found.total in {None, len(found.columns)} and first.total == found.total
        if is_same and first is not None:
            found.finish(self._clock(), first.etag)
        return is_same

    async def _listing(self, found: ScannedRepository, place: Place | None) -> AsyncGenerator[Page[Artifact], None]:
        self._check_reserve()
        etag = found.known.etag if found.known else None
        name = found.repository.name
        pages = self._provider.artifacts(name, start=place, etag=etag, most=ALL_ROWS, is_scan=True)
        async with aclosing(cast("AsyncGenerator[Page[Artifact], None]", pages)) as listed:
            async for page in listed:
                yield page
                if page.rest is not None:
                    self._check_reserve()

    def _from_first(self, found: ScannedRepository, page: Page[Artifact]) -> ArtifactColumns | None:
        """Return all columns if page 1 proves them together with an earlier reading; None if it does not."""
        known = found.known
        if known is None:
            return None
        if page.is_unchanged:
            found.is_unchanged = True
            return known.columns
        is_cloud = self._provider.connection.server.kind.is_cloud
        return merged(known.columns, page, self._clock(), drops_expired=is_cloud)

    def _check_reserve(self) -> None:
        """Raise RateLimited if the rest of the hourly limit is reserved for other work."""
        limit, now = self._provider.connection.rate_limit, self._clock()
        if limit is None or limit.reset <= now.timestamp() or limit.remaining > reserve_of(limit):
            return
        until = datetime.fromtimestamp(limit.reset, UTC)
        sentence = f"The scan leaves the last {reserve_of(limit):,} of {limit.limit:,} requests per hour to other work."
        raise RateLimited(sentence, f"It can continue at {at_time(until, now)}.", until=until)


def reserve_of(limit: RateLimit) -> int:
    """Return how many requests a scan leaves to other work."""
    return max(min(RESERVE, limit.limit // 2), limit.limit // 10)
