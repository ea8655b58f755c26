"""The pages of a list: in order, and requested ahead within limits."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

from artifact_tui.domain.models import Page, Place
from artifact_tui.domain.provider import NotFound, ServerTrouble
from artifact_tui.github.http.redirects import read_links
from artifact_tui.github.http.requests import Request
from artifact_tui.github.http.response import Response
from artifact_tui.github.http.transport import AsyncApi
from artifact_tui.github.rate_limit import primary_limit, until_epoch

PAGE_SIZE = 100
SMALL_PAGE_SIZE = 30
SCARCE = 100
FIRST_PAGES = 2
"""The number of pages of a known list to request one by one, because new rows are on them."""
MOST_ROWS = 200_000
"""The limit of rows per list, so an endless list does not use all memory."""


class Identified(Protocol):
    """An item with an id."""

    @property
    def id(self) -> Hashable:
        """The unique id."""


Thing = TypeVar("Thing", bound=Identified)


class Walk(Generic[Thing]):
    """The pages of one list, without repeated items.

    With ``ahead`` above 1, up to that many pages are requested ahead, or one if the rate limit is nearly used up. The
    list ends at the last page, after two pages without new items, or after ``most`` rows; never at the server's count,
    which may change. A 404 for ``request`` leads to ``otherwise()``. ``start`` is the ``rest`` of an earlier page.
    ``etag`` is the ETag of page 1 of a known complete list; if page 1 still has it, the walk yields
    one page without items.
    """

    def __init__(
        self,
        api: AsyncApi,
        request: Request,
        read: Callable[[bytes], Page[Thing]],
        *,
        clock: Callable[[], datetime],
        ahead: int = 1,
        size: int = PAGE_SIZE,
        otherwise: Callable[[], Awaitable[Request]] | None = None,
        start: Place | None = None,
        most: int = MOST_ROWS,
        etag: str | None = None,
    ) -> None:
        self._api = api
        self._request = request
        self._read = read
        self._clock = clock
        self._ahead = ahead
        self._size = start.size if start else size
        self._otherwise = otherwise
        self._most = most
        self._etag = etag or ""
        self._one_by_one = 0 if etag is None else FIRST_PAGES
        self._pending: deque[asyncio.Task[Response]] = deque()
        self._first_number = self._number = self._asked = self._last = start.page if start else 1
        self._named_last: int | None = None
        self._seen: set[Hashable] = start.seen if start else set()

    async def pages(self) -> AsyncGenerator[Page[Thing], None]:
        """Yield the pages in order; closing the iterator cancels pending requests."""
        answer = await self._first()
        if answer.status == 304:
            yield Page((), is_unchanged=True)
            return
        # The first page's URL differs after a repository was renamed.
        self._request = replace(self._request, path=urlunsplit(urlsplit(answer.url)._replace(query="", fragment="")))
        stale = 0
        try:
            while True:
                whole = self._read(answer.body)
                has_next = self._look_ahead(answer, len(whole.items) + whole.skipped)
                fresh = self._new_of(whole)
                stale = 0 if fresh else stale + 1
                page = self._placed(whole, fresh, has_next=has_next and stale < 2)
                yield replace(page, etag=answer.headers.get("etag", "")) if self._number == 1 else page
                if page.rest is None:
                    return
                answer = await self._next()
        finally:
            for task in self._pending:
                task.cancel()
            await asyncio.gather(*self._pending, return_exceptions=True)

    async def _first(self) -> Response:
        try:
            return await self._first_of_some_size()
        except NotFound:
            if self._otherwise is None:
                raise
        self._request = await self._otherwise()
        return await self._first_of_some_size()

    async def _first_of_some_size(self) -> Response:
        """Return the first page, or a smaller one after a 5xx: Enterprise Server ends requests after about 10 s."""
        try:
            return await self._api.get(self._numbered(self._number))
        except ServerTrouble:
            if self._api.exchange.host.kind.is_cloud or self._number > 1:
                raise
        self._size = SMALL_PAGE_SIZE
        return await self._api.get(self._numbered(1))

    def _look_ahead(self, answer: Response, count: int) -> bool:
        """Request pages ahead, and return whether there are more; a foreign link on a full page only means that."""
        links = read_links(self._api.exchange.host, answer.headers.get("link", ""))
        has_next = links.next is not None or (links.foreign and count >= self._size)
        self._named_last = links.last or self._named_last
        if has_next and self._ahead > 1:
            self._last = max(self._last, self._number + 1, min(links.last or 0, -(-self._most // self._size)))
            if self._number > self._one_by_one:
                self._ask()
        return has_next

    async def _next(self) -> Response:
        self._number += 1
        self._last = max(self._last, self._number)
        self._ask()
        answer = await self._pending[0]
        self._pending.popleft()
        return answer

    def _ask(self) -> None:
        while self._asked < self._last and len(self._pending) < self._window():
            self._asked += 1
            self._pending.append(asyncio.create_task(self._get(self._numbered(self._asked))))

    def _window(self) -> int:
        limit = self._api.exchange.record.connection.rate_limit
        scarce = limit is not None and limit.remaining < SCARCE and limit.reset > self._clock().timestamp()
        return 1 if scarce or self._number <= self._one_by_one else self._ahead

    async def _get(self, request: Request) -> Response:
        """Request a page, unless the rate limit is known to be used up."""
        limit = self._api.exchange.record.connection.rate_limit
        now = self._clock()
        if limit is not None and limit.remaining == 0 and limit.reset > now.timestamp():
            raise primary_limit(until_epoch(limit.reset, now), now)
        return await self._api.get(request)

    def _numbered(self, number: int) -> Request:
        page = (("page", str(number)),) if number > 1 else ()
        query = (*self._request.query, ("per_page", str(self._size)), *page)
        return replace(self._request, query=query, etag=self._etag if number == 1 else "")

    def _new_of(self, page: Page[Thing]) -> tuple[Thing, ...]:
        """Return the new items; an insert on the server moves items to the next page."""
        items = tuple({item.id: item for item in page.items if item.id not in self._seen}.values())
        self._seen.update(item.id for item in items)
        return items

    def _placed(self, page: Page[Thing], fresh: tuple[Thing, ...], *, has_next: bool) -> Page[Thing]:
        """Return the page with its new items; without a count, the number of the last page gives a minimum."""
        is_cut = has_next and len(self._seen) >= self._most
        rest = Place(self._number + 1, self._size, self._seen) if has_next and not is_cut else None
        total, is_minimum = page.total, page.is_minimum
        if total is None and self._named_last is not None:
            total, is_minimum = (self._named_last - 1) * self._size + 1, True
        return Page(fresh, total, is_minimum, len(self._seen), page.skipped, rest, is_cut)
