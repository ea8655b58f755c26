"""The requests of the provider about retention and caches."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime
from functools import partial

import msgspec
from msgspec.structs import replace

from artifact_tui.domain.models import Page, Place, RepositoryName
from artifact_tui.domain.provider import NotFound
from artifact_tui.domain.storage_models import Cache, CacheUsage, Retention
from artifact_tui.github.decode import decode_listing, decode_one
from artifact_tui.github.http.limiter import IN_FLIGHT
from artifact_tui.github.http.pages import Walk
from artifact_tui.github.http.requests import Request, path_in, path_of
from artifact_tui.github.http.transport import AsyncApi
from artifact_tui.github.server_info import ServerInfo


class StorageRequests:
    """The part of the provider that asks about retention and caches."""

    _api: AsyncApi
    _record: ServerInfo
    _clock: Callable[[], datetime]

    async def retention(self, repository: RepositoryName) -> Retention | None:
        """Return ``GET …/actions/permissions/artifact-and-log-retention``; None for an Enterprise Server before 3.19.

        The status 404 of a server that hides its release means the same.
        """
        await self._api.learn_release()
        if self._record.has_retention is False:
            return None
        try:
            answer = await self._api.get(_retention_request(repository))
        except NotFound:
            if self._record.has_retention is None:
                return None
            raise
        return decode_one(answer.body, Retention)

    async def set_retention(self, repository: RepositoryName, days: int) -> None:
        """Send ``PUT …/actions/permissions/artifact-and-log-retention`` once; the caller reads the setting back."""
        body = msgspec.json.encode({"days": days})
        await self._api.get(replace(_retention_request(repository), method="PUT", body=body))

    async def caches(
        self, repository: RepositoryName, *, start: Place | None = None
    ) -> AsyncGenerator[Page[Cache], None]:
        """Yield ``GET …/actions/caches``, biggest first; pages are requested ahead."""
        query = (("sort", "size_in_bytes"), ("direction", "desc"))
        request = Request(path=path_in(repository, "actions", "caches"), query=query, what="The repository")
        walk = Walk(self._api, request, _caches, clock=self._clock, ahead=IN_FLIGHT, start=start)
        async with aclosing(walk.pages()) as pages:
            async for page in pages:
                yield page

    async def cache_usage(self, repository: RepositoryName) -> CacheUsage:
        """Return ``GET …/actions/cache/usage``."""
        path = path_in(repository, "actions", "cache", "usage")
        answer = await self._api.get(Request(path=path, what="The repository"))
        return decode_one(answer.body, CacheUsage)

    async def owner_cache_usage(self, owner: str) -> AsyncGenerator[Page[CacheUsage], None]:
        """Yield ``GET /orgs/OWNER/actions/cache/usage-by-repository``, which users do not have."""
        path = path_of("orgs", owner, "actions", "cache", "usage-by-repository")
        walk = Walk(self._api, Request(path=path, what="The organization"), _cache_usages, clock=self._clock)
        async with aclosing(walk.pages()) as pages:
            async for page in pages:
                yield page


def _retention_request(repository: RepositoryName) -> Request:
    path = path_in(repository, "actions", "permissions", "artifact-and-log-retention")
    return Request(path=path, what="The retention setting", stored=False)


_caches = partial(decode_listing, kind=Cache, key="actions_caches")
_cache_usages = partial(decode_listing, kind=CacheUsage, key="repository_cache_usages")
