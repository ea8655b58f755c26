"""One list from the server, kept across errors so that a retry loads only the missing rows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from msgspec.structs import replace

from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.domain.models import Artifact, Page, Place, Repository, WorkflowRun
from artifact_tui.domain.provider import Offline, ProviderError, RateLimited, Refused, ServerTrouble

if TYPE_CHECKING:
    from artifact_tui.domain.storage_models import Cache

Row = TypeVar("Row", Artifact, Repository, WorkflowRun, "Cache")
PASSING = (Offline, ServerTrouble, RateLimited)
"""Errors after which the same list may continue; others concern the account or the whole list."""


class Ask(Protocol[Row]):
    """Requests the pages of a list from ``start``; None is its beginning."""

    def __call__(self, *, start: Place | None) -> AsyncIterator[Page[Row]]:
        """Yield the pages."""


OLDEST_ROWS = timedelta(hours=2)  # rows older than this are loaded again rather than completed


class Listing(Generic[Row]):
    """The rows received so far, by ID, and their extent.

    ``limit`` is the most rows that the server lists, 0 without a limit. Rows that a reload finds unchanged stay the
    same objects to save memory.
    """

    def __init__(self, limit: int = 0) -> None:
        self.rows: dict[int, Row] = {}
        self._before: dict[int, Row] = {}
        self.extent = Extent()
        self._limit = limit
        self._begun: datetime | None = None
        self._reached = 0
        self._rest: Place | None = None
        self._missed: int | None = None

    async def pages(self, ask: Ask[Row], now: datetime) -> AsyncGenerator[Page[Row], None]:
        """Yield each page after adding its rows; continue where the last load ended early.

        A list that has shrunk meanwhile is loaded from its start, because rows have moved into pages already read.
        Raises :class:`ProviderError` as ``ask`` does.
        """
        start = self._begin(now)
        try:
            while True:
                async for page in ask(start=start):
                    if start is not None and self._has_shrunk(page):
                        break
                    start, is_complete = None, self._take(page, now)
                    yield page
                    if is_complete:
                        break
                if start is None:
                    break
                self._restart(now)
                start = None
        except ProviderError as error:
            if not self._is_at_limit(error):
                self._interrupt(error)
                raise
        self._finish()

    def can_continue(self, now: datetime) -> bool:
        """Return whether the next load continues where the last one ended early."""
        is_open = self.extent.ending in {Ending.OPEN, Ending.BROKEN}
        return is_open and self._rest is not None and self._begun is not None and now - self._begun < OLDEST_ROWS

    def _has_shrunk(self, page: Page[Row]) -> bool:
        return page.total is not None and page.total < (self.extent.total or 0)

    def _take(self, page: Page[Row], now: datetime) -> bool:
        if not page.is_unchanged:
            self._add(page)
        return self._completes(page, now)

    def _completes(self, page: Page[Row], now: datetime) -> bool:
        """Complete the list if the page proves that the rest is known."""
        return False

    def _begin(self, now: datetime) -> Place | None:
        if self.can_continue(now):
            self.extent = replace(self.extent, ending=Ending.OPEN)
            return self._rest
        self._restart(now)
        return None

    def _restart(self, now: datetime) -> None:
        self._before = self.rows
        self.rows, self.extent = {}, Extent()
        self._begun, self._reached, self._rest = now, 0, None

    def _interrupt(self, error: ProviderError) -> None:
        extent, self._before = self.extent, {}
        if not isinstance(error, PASSING):
            self._rest = None
        is_all = extent.total is not None and not extent.is_minimum and 0 < extent.total <= extent.loaded
        self.extent = replace(extent, ending=Ending.END if is_all else Ending.BROKEN, reason=str(error))

    def forget_place(self) -> None:
        """Load from the start next time."""
        self._rest = None

    def _add(self, page: Page[Row]) -> None:
        for row in page.items:
            before = self._before.get(row.id)
            kept = before if before == row and before is not None else row
            self.rows[kept.id] = kept  # not row.id: an equal number, but another object
        if self._rest is not None:
            self._reached = self._rest.page * self._rest.size
        self._rest = page.rest
        known = self.extent
        counts = (known.total, known.is_minimum) if page.total is None else (page.total, page.is_minimum)
        skipped = known.skipped + page.skipped
        self.extent = Extent(page.read, *counts, skipped, Ending.CUT if page.is_cut else Ending.OPEN)

    def _is_at_limit(self, error: ProviderError | None) -> bool:
        """Return whether the server's limit ended the list, there or by refusing the next page."""
        return 0 < self._limit <= self._reached and (error is None or isinstance(error, Refused))

    def _finish(self) -> None:
        self._rest, self._before = None, {}
        extent = self.extent
        if extent.ending is Ending.CUT:
            self.extent = replace(extent, reason=f"artifact-tui loads at most {extent.loaded:,} rows per list.")
        elif self._is_at_limit(None):
            self.extent = replace(extent, ending=Ending.LIMIT)
        else:
            missing = replace(extent, ending=Ending.END).missing
            is_settled = missing > 0 and self._missed is not None and missing >= self._missed
            self.extent = replace(extent, ending=Ending.SETTLED if is_settled else Ending.END)
            self._missed = missing or None
