"""The caches of a repository: a list that only reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

from textual.widget import Widget

from artifact_tui.domain.artifact_filter import Sort
from artifact_tui.domain.models import HostKind, RepositoryName
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.domain.storage_models import Cache
from artifact_tui.keymap import bindings
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.list_screen import STOPPED, fits
from artifact_tui.screens.server_list import ServerList
from artifact_tui.screens.session import Session
from artifact_tui.screens.sorted_list import SortedList
from artifact_tui.storage.caches import COUNTED, ref_label
from artifact_tui.text import age, count, printable, size
from artifact_tui.widgets.detail_pane import Field
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable


class CacheRow(NamedTuple):
    """A cache, and the time that ages count from."""

    cache: Cache
    now: datetime


_BY_SIZE = Sort[Cache]("size", "Size", attrgetter("size_in_bytes"), descending=True)
COLUMNS = (
    Column[CacheRow](
        "key",
        "Key",
        24,
        cell=lambda row: printable(row.cache.key),
        sort=Sort[Cache]("key", "Key", lambda cache: cache.key.casefold()),
        flexible=True,
        keeps_end=True,
        essential=True,
    ),
    Column[CacheRow](
        "size",
        "Size",
        8,
        cell=lambda row: size(row.cache.size_in_bytes),
        sort=_BY_SIZE,
        justify="right",
        essential=True,
    ),
    Column[CacheRow](
        "used",
        "Used",
        6,
        cell=lambda row: age(row.cache.last_accessed_at, row.now),
        sort=Sort[Cache]("used", "Last use", attrgetter("last_accessed_at"), descending=True),
        justify="right",
        tone="muted",
    ),
    Column[CacheRow](
        "created",
        "Age",
        6,
        cell=lambda row: age(row.cache.created_at, row.now),
        sort=Sort[Cache]("created", "Age", attrgetter("created_at"), descending=True),
        justify="right",
        tone="muted",
        priority=1,
    ),
    Column[CacheRow](
        "ref",
        "Branch",
        16,
        cell=lambda row: ref_label(row.cache.ref),
        sort=Sort[Cache]("ref", "Branch", lambda cache: cache.ref.casefold() or None),
        keeps_end=True,
        priority=2,
    ),
)


class CachesScreen(SortedList, ServerList):
    """The caches, biggest first, sorted and filtered here."""

    BINDINGS = bindings("caches")
    IS_OVER_ALL = True
    NOUNS = "caches"
    FILTER_HINT = "part of a key, or of a branch"

    def __init__(self, session: Session, repository: RepositoryName) -> None:
        super().__init__(session, str(repository), "Caches")
        self.repository = repository
        self._caches: dict[int, Cache] = {}
        self._sort: Sort[Cache] = _BY_SIZE
        self._descending = True

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table."""
        clock = self.session.clock
        yield RowTable[Cache](COLUMNS, key=attrgetter("id"), row=lambda cache: CacheRow(cache, clock()))

    async def fetch(self, provider: Provider) -> None:
        """Show pages as they arrive."""
        try:
            async for _ in self.listing.pages(partial(provider.caches, self.repository), self.session.clock()):
                self._take_over()
                self.update_rows()
        except ProviderError:
            self._take_over()
            raise
        self._caches, self._extent = self.listing.rows.copy(), self.listing.extent

    def _take_over(self) -> None:
        """Show what is read, unless an earlier list has more."""
        if len(self.listing.rows) >= len(self._caches):
            self._caches, self._extent = self.listing.rows.copy(), self.listing.extent
        elif self._caches:
            self._extent = self._extent.outdated_by(self.listing.extent)

    def update_rows(self, *, sorted_anew: bool = False) -> None:
        """Show the caches that match the filter."""
        words = self.filter_bar.text.casefold().split()
        shown = [cache for cache in self._caches.values() if fits(f"{cache.key} {cache.ref}", words)]
        known = [cache for cache in shown if self._sort.key(cache) is not None]
        known.sort(key=self._sort.key, reverse=self._descending)
        unknown = [cache for cache in shown if self._sort.key(cache) is None]
        is_first = sorted_anew and self.table.cursor_row == 0
        self.table.placeholder = self._nothing()
        self.table.sorted_by = (self._sort.id, self._descending)
        self.table.show([*known, *unknown], filtered=bool(words))
        if is_first:
            self.table.move_cursor(row=0)
        self.show_title()

    def show_title(self) -> None:
        """Show in the title how many caches there are, and their size."""
        shown = self.table.items
        if self.loading_rows and not self._caches:
            self.title_bar.summary = "loading…"
        elif self.is_stopped and not self._caches:
            self.title_bar.summary = "stopped"
        else:
            self.title_bar.summary = self.dated(self._summary(len(shown), sum(one.size_in_bytes for one in shown)))

    def _summary(self, shown: int, every_byte: int) -> str:
        state = self.extent.title(self.retry_words) if self.extent.is_incomplete else ""
        if self.loading_rows:
            state = f"{self.extent.share()} loaded…"
        elif self.is_stopped and not self.extent.is_whole:
            state = f"stopped at {self.extent.share()}"
        every = "" if state else count(len(self._caches), "cache")
        if shown < len(self._caches):
            every = f"{shown:,} shown" if state else f"{shown:,} of {every}"
        return " · ".join(part for part in (state, every, size(every_byte)) if part)

    def _nothing(self) -> str:
        if self._caches:
            return f"No match among {count(len(self._caches), 'cache')}\n\nEsc clears the filter"
        if self.loading_rows:
            return "Loading the caches…"
        if self.is_stopped:
            return STOPPED
        return self.problem or "This repository has no caches\n\nEsc goes back"

    @property
    def sort_columns(self) -> Sequence[Column[Any]]:
        """All columns."""
        return COLUMNS

    def action_sort_by(self, column: str) -> None:
        """Sort by a column; press again to reverse."""
        sort = next((one.sort for one in COLUMNS if one.id == column), None)
        if sort is not None:
            self._descending = not self._descending if sort.id == self._sort.id else sort.descending
            self._sort = sort
            self.update_rows(sorted_anew=True)

    def open_item(self, item: Cache) -> None:
        """Show the details of a cache."""
        self.app.push_screen(DetailDialog(_fields(item, self.session.backend.kind), "Cache"))


def _fields(cache: Cache, kind: HostKind) -> tuple[Field, ...]:
    known = (
        ("Key", cache.key),
        ("Size", f"{size(cache.size_in_bytes)} ({cache.size_in_bytes:,} bytes)"),
        ("Ref", cache.ref),
        ("Last use", _time(cache.last_accessed_at)),
        ("Created", _time(cache.created_at)),
        ("Version", cache.version),
        ("ID", str(cache.id)),
        ("Caches", COUNTED if kind.is_cloud else ""),
    )
    return tuple((label, printable(value, 1000)) for label, value in known if value)


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""
