"""Walking the pages of a listing: the first at once, the others ahead of need but bounded, in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Hashable
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

from artifact_tui.github.addresses import read_links
from artifact_tui.github.answers import Answer
from artifact_tui.github.refusals import USED_UP, limited
from artifact_tui.github.requests import Request
from artifact_tui.github.transport import AsyncApi
from artifact_tui.github.waits import until_epoch
from artifact_tui.model import Page
from artifact_tui.provider import NotFound, ServerTrouble

PAGE_SIZE = 100
SMALL_PAGE_SIZE = 30
AT_ONCE = 8
SCARCE = 100


class Identified(Protocol):
    """A thing with an id."""

    @property
    def id(self) -> Hashable:
        """What tells it from all others of its kind."""


Thing = TypeVar("Thing", bound=Identified)


class Walk(Generic[Thing]):
    """The pages of one listing, without repetitions.

    With ``ahead`` above 1, pages after the first are asked for before they are wanted, at most that many at a time,
    and one at a time when little is left of the rate limit. It ends where the server names no next page, or sends
    nothing new twice; never at the server's count, which may change meanwhile. ``otherwise`` is walked instead when
    the server says 404 to ``request``.
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
        otherwise: Request | None = None,
    ) -> None:
        self._api = api
        self._request = request
        self._read = read
        self._clock = clock
        self._ahead = ahead
        self._size = size
        self._otherwise = otherwise
        self._pending: deque[asyncio.Task[Answer]] = deque()
        self._number = self._asked = self._last = 1
        self._seen: set[Hashable] = set()

    async def pages(self) -> AsyncGenerator[Page[Thing], None]:
        """The pages as they come, in order; closing the iterator cancels what is under way."""
        answer = await self._first()
        self._stay_at(answer.url)
        stale = 0
        try:
            while True:
                whole = self._read(answer.body)
                goes_on = self._look_ahead(answer, len(whole.items))
                page = self._new_of(whole)
                stale = 0 if page.items else stale + 1
                if page.items or self._number == 1:
                    yield page
                if not goes_on or not whole.items or stale == 2:
                    return
                answer = await self._next()
        finally:
            await self._cancel()

    async def _first(self) -> Answer:
        try:
            return await self._first_of_some_size()
        except NotFound:
            if self._otherwise is None:
                raise
        self._request = self._otherwise
        return await self._first_of_some_size()

    async def _first_of_some_size(self) -> Answer:
        """The first page; a smaller one where the server cannot make a big one in its time.

        An Enterprise Server cuts requests off after about ten seconds with a 5xx (GitHub's documentation,
        "Timeouts").
        """
        try:
            return await self._api.get(self._numbered(1))
        except ServerTrouble:
            if self._api.exchange.host.kind != "enterprise server":
                raise
        self._size = SMALL_PAGE_SIZE
        return await self._api.get(self._numbered(1))

    def _look_ahead(self, answer: Answer, count: int) -> bool:
        """Note what is known of the pages to come and ask for some; whether there is a next one.

        A Link out of the API is not believed; it only tells that there is more when the page is full.
        """
        links = read_links(self._api.exchange.host, answer.headers.get("link", ""))
        goes_on = links.next is not None or (links.foreign and count >= self._size)
        if goes_on and self._ahead > 1:
            self._last = max(self._last, self._number + 1, links.last or 0)
            self._ask()
        return goes_on

    async def _next(self) -> Answer:
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
        return 1 if scarce else self._ahead

    async def _get(self, request: Request) -> Answer:
        """Ask for a page, unless the server has said that it would not answer."""
        limit = self._api.exchange.record.connection.rate_limit
        if limit is not None and limit.remaining == 0 and limit.reset > self._clock().timestamp():
            raise limited(USED_UP, "Wait for the reset.", until_epoch(limit.reset, self._clock()), self._clock())
        return await self._api.get(request)

    def _numbered(self, number: int) -> Request:
        page = (("page", str(number)),) if number > 1 else ()
        return replace(self._request, query=(*self._request.query, ("per_page", str(self._size)), *page))

    def _stay_at(self, url: str) -> None:
        """Ask for the other pages where the first one was found, which differs after a repository was renamed."""
        self._request = replace(self._request, path=urlunsplit(urlsplit(url)._replace(query="", fragment="")))

    def _new_of(self, page: Page[Thing]) -> Page[Thing]:
        """Drop what an earlier page had: an insert on the server moves items on to the next page."""
        items = tuple({item.id: item for item in page.items if item.id not in self._seen}.values())
        self._seen.update(item.id for item in items)
        return Page(items, page.total)

    async def _cancel(self) -> None:
        for task in self._pending:
            task.cancel()
        await asyncio.gather(*self._pending, return_exceptions=True)
