"""The history of downloads and deletions, including earlier sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Container
from textual.widget import Widget

from artifact_tui.domain.provider import Provider
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.list_screen import ListScreen, fits
from artifact_tui.screens.session import Session
from artifact_tui.text import age, count, printable, size
from artifact_tui.transfers.models import Kind
from artifact_tui.widgets.detail_pane import Field
from artifact_tui.widgets.row_layout import Cell, Column, Tone
from artifact_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from artifact_tui.transfers.history_file import History, HistoryEntry

_RESULTS: dict[str, tuple[str, Tone]] = {
    "verified": ("✓ verified", "success"),
    "checksum matches": ("✓ checksum matches", "success"),
    "not verified": ("! not verified", "warning"),
    "deleted": ("✓ deleted", "accent"),
    "already gone": ("✓ already gone", "accent"),
    "skipped": ("! not deleted", "warning"),
}
_FAILED = {Kind.DOWNLOAD: "! not downloaded", Kind.DELETE: "! not deleted"}


class HistoryRow(NamedTuple):
    """A history entry, and the present time by the clock that dated it."""

    entry: HistoryEntry
    now: datetime


def _result(entry: HistoryEntry) -> Cell:
    text, tone = _RESULTS.get(entry.result, (_FAILED[entry.kind], "error"))
    return Cell(text, tone)


COLUMNS = (
    Column[HistoryRow](
        "age",
        "Age",
        6,
        cell=lambda row: age(row.entry.time, row.now),
        justify="right",
        tone="muted",
        essential=True,
    ),
    Column[HistoryRow]("result", "Result", 18, cell=lambda row: _result(row.entry), essential=True),
    Column[HistoryRow]("name", "Name", 24, cell=lambda row: printable(row.entry.name), flexible=True, keeps_end=True),
    Column[HistoryRow]("size", "Size", 8, cell=lambda row: size(row.entry.size), justify="right", tone="muted"),
    Column[HistoryRow](
        "repository",
        "Repository",
        20,
        cell=lambda row: printable(row.entry.repository, 140),
        flexible=True,
        tone="muted",
        priority=1,
    ),
)


class HistoryScreen(ListScreen):
    """The history from the files beside the journal, newest first."""

    IS_OVER_ALL = True
    FILTER_HINT = "name, repository or result"

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.backend.host, "History")
        self._history: History | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table."""
        table = RowTable["HistoryEntry"](COLUMNS, key=id, row=self._row)
        yield Container(table, id="history-body")

    def _row(self, entry: HistoryEntry) -> HistoryRow:
        return HistoryRow(entry, self.session.engine.now())

    async def fetch(self, provider: Provider) -> None:
        """Read the history files; no request is sent."""
        await asyncio.to_thread(import_module, "artifact_tui.transfers.engine")
        self._history = await asyncio.to_thread(self.session.engine.history)
        if self._history.problem:
            self.app.notify(printable(self._history.problem, 300), severity="warning", markup=False, timeout=10)

    def update_rows(self) -> None:
        """Show the entries that match the filter, and how many lines could not be read."""
        entries = self._history.entries if self._history else ()
        words = self.filter_bar.text.casefold().split()
        shown = [entry for entry in entries if fits(_searched(entry), words)]
        self.table.placeholder = self._nothing(len(entries))
        self.table.show(shown)
        self.title_bar.summary = self._summary(len(shown), len(entries))

    def _summary(self, shown: int, every: int) -> str:
        entries = count(every, "entry", "entries")
        damaged = self._history.damaged if self._history else 0
        skipped = f" · {count(damaged, 'damaged line')} skipped" if damaged else ""
        return (entries if shown == every else f"{shown:,} of {entries}") + skipped

    def _nothing(self, every: int) -> str:
        if self._history is None:
            return "Reading the history…"
        if every:
            return f"No match among {every:,}\n\nEsc clears the filter"
        return "No downloads or deletions yet\n\nEsc goes back"

    def open_item(self, item: HistoryEntry) -> None:
        """Show the details of an entry."""
        self.app.push_screen(DetailDialog(_fields(item)))


def _searched(entry: HistoryEntry) -> str:
    return f"{entry.name} {entry.repository} {_result(entry).text} {entry.result}"


def _fields(entry: HistoryEntry) -> tuple[Field, ...]:
    what = "download" if entry.kind is Kind.DOWNLOAD else "deletion"
    known = (
        ("Name", entry.name),
        ("Result", f"{what}: {entry.result}"),
        ("Problem", entry.problem),
        ("Time", f"{entry.time:%Y-%m-%d %H:%M:%S} UTC"),
        ("Repository", entry.repository),
        ("Host", entry.host),
        ("Artifact", str(entry.id) if entry.id else ""),
        ("Size", f"{size(entry.size)} ({entry.size:,} bytes)"),
        ("Digest", entry.digest or ""),
        ("Saved as", entry.path),
    )
    return tuple((label, printable(value, 1000)) for label, value in known if value)
