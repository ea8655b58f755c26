"""The caches of an owner's repositories, for ``artifact-tui usage OWNER --caches``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from datetime import datetime

from artifact_tui.cli.line.context import LineContext
from artifact_tui.domain.models import Repository
from artifact_tui.domain.provider import Forbidden, NotFound
from artifact_tui.domain.storage_models import CacheUsage
from artifact_tui.storage.scan_file import KnownCaches, StoredScan

AT_ONCE = 8
"""Repositories whose caches are requested at the same time."""


class OwnerCaches:
    """The caches by ID of the repository, as far as they are known.

    One request lists 100 repositories of an organization that have caches. For a user, each repository takes one.
    """

    def __init__(self, context: LineContext, stored: StoredScan, since: datetime | None) -> None:
        self._context = context
        fresh = {number: each for number, each in stored.caches.items() if since is not None and each.at >= since}
        self.known: dict[int, KnownCaches] = fresh if context.options.caches else {}
        self._is_done = not context.options.caches or (bool(fresh) and len(fresh) == len(stored.repositories))
        self._listed: dict[str, CacheUsage] | None = None

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes in the list of an organization, by full name in lower case."""
        return {name: usage.active_caches_size_in_bytes for name, usage in (self._listed or {}).items()}

    async def list_all(self) -> None:
        """Request the list of an organization."""
        context, found = self._context, dict[str, CacheUsage]()
        if self._is_done:
            return
        owner = context.options.owner
        try:
            async with aclosing(context.pages(lambda place: context.provider.owner_cache_usage(owner))) as pages:
                async for page in pages:
                    found |= {usage.full_name.lower(): usage for usage in page.items}
        except NotFound:
            return
        except Forbidden as error:
            self._is_done = True
            context.messages.note(f"The caches are unknown: {' '.join(error.lines)}")
            return
        self._listed = found

    async def complete(self, repositories: Iterable[Repository]) -> None:
        """Know the caches of these repositories; request what the list of an organization does not tell."""
        now, few = self._context.now, asyncio.Semaphore(AT_ONCE)
        if self._is_done:
            return
        if self._listed is not None:
            for each in repositories:
                none = CacheUsage(full_name=each.full_name)
                self.known[each.id] = KnownCaches(now, self._listed.get(each.full_name.lower(), none))
            return

        async def one(repository: Repository) -> None:
            async with few:
                usage = await self._context.ask(lambda: self._context.provider.cache_usage(repository.name))
            self.known[repository.id] = KnownCaches(now, usage)

        await asyncio.gather(*(one(each) for each in repositories))
