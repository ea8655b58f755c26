"""A list from the server: its cached copy until it loads, and what is missing while it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from textual import work

from artifact_tui.cache.list_cache import Saved
from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.domain.models import WorkflowRun
from artifact_tui.domain.provider import ProviderError
from artifact_tui.keymap import bindings
from artifact_tui.screens.list_loader import Listing
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.session import Session
from artifact_tui.text import clock_time, span

Fact = TypeVar("Fact")


class ServerList(ListScreen):
    """A screen with repositories, workflow runs or artifacts."""

    BINDINGS = bindings("incomplete")
    SAVED: type[Any] = object  # the type of the rows
    NOUNS = "rows"
    saved_name = ""
    """The cache name of the list; empty if it is not cached, such as while the server filters it."""

    def __init__(self, session: Session, *trail: str) -> None:
        super().__init__(session, *trail)
        self.listing: Listing[Any] = Listing()
        self._extent = Extent()
        self._saved_read = asyncio.Event()
        self._saved_read.set()
        self.saved_at: datetime | None = None  # when the rows were loaded, if they are a cached copy

    @property
    def extent(self) -> Extent:
        """How much of the list is shown."""
        return self._extent

    def show_title(self) -> None:
        """Show in the title how much of the list is loaded."""
        raise NotImplementedError

    @property
    def has_rows(self) -> bool:
        """Whether there are rows, shown or hidden by the filter."""
        return super().has_rows or self.extent.loaded > 0

    @property
    def retry_words(self) -> str:
        """How to complete an incomplete list, for its title."""
        return "r retries" if self.retry_at is None and self.saved_at is None else ""

    def tell_end(self) -> None:
        """Notify the user if the program's own row limit ended the list."""
        if self.extent.ending is Ending.CUT:
            self.app.notify(self.extent.reason, severity="warning", markup=False, timeout=10)

    def show_wait(self, left: str) -> None:
        """Show the countdown in the title too."""
        super().show_wait(left)
        if self.table.items:
            self.show_title()

    def show_meanwhile(self) -> None:
        """Show the cached list until the server answers."""
        self._saved_read.clear()
        self._read_saved()

    @work(exclusive=True, group="saved")
    async def _read_saved(self) -> None:
        try:
            await self._show_saved()
        finally:
            self._saved_read.set()

    async def _show_saved(self) -> None:
        lists, name, now = self.session.lists, self.saved_name, self.session.clock()
        if lists is None or not name or self.table.items:
            return
        saved = await in_daemon_thread(lambda: lists.read(name, self.SAVED, now))
        if saved is not None and self.loading_rows and not self.table.items:
            self.saved_at = saved.at
            self.show_saved(saved)
            self.update_rows()

    def show_saved(self, saved: Saved[Any]) -> None:
        """Show a cached list until the server answers."""
        raise NotImplementedError

    async def saved_shown(self) -> None:
        """Wait until the cached list is shown, if there is one."""
        await self._saved_read.wait()

    def save(
        self,
        items: Iterable[Any],
        extent: Extent,
        runs: Iterable[WorkflowRun] = (),
        etag: str = "",
        *,
        is_named: bool = False,
    ) -> None:
        """Cache a loaded list for the next start."""
        lists, name = self.session.lists, self.saved_name
        if lists is not None and name:
            saved = Saved(self.session.clock(), tuple(items), extent.total, tuple(runs), extent, etag, is_named)
            lists.write_soon(name, saved)

    def dated(self, summary: str) -> str:
        """Return a summary that includes the age of a cached list, or the time until the next retry."""
        now = self.session.clock()
        wait = "" if self.retry_at is None else f"retrying in {clock_time((self.retry_at - now).total_seconds())}"
        if self.saved_at is not None:
            asked = "refreshing…" if self.loading_rows else wait or "r refreshes"
            wait = f"{span(now - self.saved_at)} old, {asked}"
        return " · ".join(part for part in (wait, summary) if part)

    def action_why(self) -> None:
        """Show why the list is incomplete."""
        from artifact_tui.screens.dialogs.detail import DetailDialog

        if not self.is_refused("why"):
            self.app.push_screen(DetailDialog(self.extent.fields(self.NOUNS), "Incomplete list"))

    def why_not(self, action: str) -> str:
        """Return why an action is unavailable; ``why`` needs an incomplete list."""
        is_stopped_early = self.is_stopped and not self.extent.is_whole
        if action != "why" or self.extent.is_incomplete or is_stopped_early:
            return ""
        if self.loading_rows:
            return "The list is still loading."
        return "The list is complete." if self.extent.is_whole else "More rows load as you scroll down."


def extent_of(saved: Saved[Any]) -> Extent:
    """Return how much of a list its cached copy holds; long lists are cached in part."""
    kept = len(saved.items)
    extent = saved.extent or Extent(kept, saved.total, ending=Ending.END)
    if kept >= extent.loaded:
        return extent
    return Extent(kept, max(extent.total or 0, extent.loaded), extent.is_minimum, 0, extent.ending, extent.reason)


async def known(asked: Awaitable[Fact]) -> Fact | None:
    """Return what the server answers, or None if it does not."""
    try:
        return await asked
    except ProviderError:
        return None
