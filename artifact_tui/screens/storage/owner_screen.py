"""The Storage screen of an owner: its repositories, the biggest first, and the bill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events, on
from textual.containers import Container
from textual.getters import query_one
from textual.message import Message
from textual.widget import Widget

from artifact_tui.domain.models import RepositoryName
from artifact_tui.keymap import bindings
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.list_screen import STOPPED
from artifact_tui.screens.session import Session
from artifact_tui.screens.sorted_list import SortedList
from artifact_tui.screens.storage.owner_actions import OwnerActions
from artifact_tui.screens.storage.owner_details import (
    bill_fields,
    bill_title,
    failure_fields,
    marked_words,
    scan_fields,
    summary_of,
)
from artifact_tui.screens.storage.owner_rows import (
    GROWTH_FROM,
    OWNER_SORTS,
    DrawnOwnerRow,
    OwnerRow,
    OwnerRowKind,
    owner_columns,
)
from artifact_tui.screens.storage.row_texts import repositories_as_json, repositories_as_text
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.text import printable
from artifact_tui.widgets.detail_pane import DetailPane, Field
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable

_NEED_ROWS = frozenset({"sort", "copy", "mark", "mark_all", "delete"})
_WITH_GROWTH = {"per day": "per_day", "levels off at": "level"}
"""Columns that need growth: their names in the settings, and their IDs."""


class OwnerStorageScreen(SortedList, OwnerActions):
    """What uses the storage of all repositories of an owner; a repository opens as its own Storage screen."""

    BINDINGS = bindings("owner")
    ABOVE = "leave_storage"
    FILTER_HINT = "part of a name"
    KEY_PLACES: ClassVar = {"back": -1, "filter": 0.4, "sort": 0.5, "refresh": 0.6}

    pane = query_one(DetailPane)

    @dataclass
    class Open(Message):
        """A request to show the storage of a repository."""

        repository: RepositoryName

    def __init__(self, session: Session, owner: str) -> None:
        super().__init__(session, owner)
        self._sought: RepositoryName | None = None
        self._follows = False  # whether the cursor follows its repository from the first row, too

    def seek(self, repository: RepositoryName) -> None:
        """Move the cursor to a repository, as soon as it is listed."""
        self._sought, self.list.wanted = repository, str(repository).casefold()
        if self.is_mounted:
            self.update_rows()

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table, and the scan or the bill below or beside it."""
        columns, shown = owner_columns(self.session.settings.columns.owner, lists_expired=self.lists_expired)
        table = RowTable[OwnerRow](columns, key=lambda row: row.key, row=self._drawn, shown=shown)
        yield Container(table, DetailPane(), id="storage-body")

    @property
    def lists_expired(self) -> bool:
        """Whether the server lists expired artifacts."""
        return not self.session.backend.kind.is_cloud

    def _drawn(self, row: OwnerRow) -> DrawnOwnerRow:
        app, known = self.app, self.list
        is_ascii = isinstance(app, TerminalApp) and app.is_ascii
        held = known.total.sums.live_bytes
        return DrawnOwnerRow(row, known.now, known.biggest, held, known.is_reading, self.lists_expired, is_ascii)

    @property
    def _has_growth(self) -> bool:
        wanted = {_WITH_GROWTH.get(name) for name in self.session.settings.columns.owner}
        return self.size.width >= GROWTH_FROM or bool({*wanted, self.list.sort.id} & {*_WITH_GROWTH.values()})

    @on(events.Resize)
    def _add_growth(self) -> None:
        if self.is_mounted and self._has_growth != self.list.has_growth:
            self.update_rows()

    @on(events.ScreenResume)
    def _show_missed(self) -> None:
        """Show what the scan has read below another screen."""
        if self.is_mounted and self.list.rows:
            self.update_rows()

    def update_rows(self, *, filtered: bool = False, sorted_anew: bool = False) -> None:
        """Sort the rows and show them, if anything has changed."""
        known, table, before = self.list, self.table, self.list.rows
        known.is_reading = self.loading_rows or self.retry_at is not None
        known.has_growth = self._has_growth
        rows = known.select()
        table.placeholder = STOPPED if self.is_stopped and not rows else self.problem or self._placeholder()
        table.sorted_by = (known.sort.id, known.descending)
        table.problem_keys = frozenset(row.key for row in rows if row.kind is OwnerRowKind.NOT_READ)
        self._follows = self._follows or self.keyed_at > 0
        if sorted_anew or (rows != before and not self._follows):
            table.reorder(rows)
        elif filtered or rows != before:
            table.show(rows, filtered=filtered)
        self._find_sought()
        if self._follows and self.keyed_at < 0:
            table.scroll_least()
        self.show_marks()

    def _find_sought(self) -> None:
        if self._sought is None:
            return
        names = [row.repository.name if row.repository else None for row in self.table.items]
        if self._sought in names:
            self.table.move_cursor(row=names.index(self._sought))
            self._sought, self._follows = None, True

    def _placeholder(self) -> str:
        if self.loading_rows:
            return "Loading repositories…"
        return f"{printable(self.owner, 60)} has no repositories that you can access\n\nEsc goes back"

    def show_title(self) -> None:
        """Show how much was read, and the size of what is shown or marked."""
        self.title_bar.summary = summary_of(self.list, self.state)

    def show_details(self) -> None:
        """Show how far the scan is, or the bill."""
        if self.query(DetailPane):  # a list may be there before Textual calls the screen mounted
            title, fields = self._details()
            self.pane.border_title = title
            self.pane.show(fields, title)

    def _details(self) -> tuple[str, tuple[Field, ...]]:
        known, kind = self.list, self.session.backend.kind
        rows, key = known.marked, self.session.key_of("owner.delete")
        marked = (("Marked", marked_words(rows, key)),) if rows else ()
        if known.is_reading or not known.is_complete:
            return "Scan", (*scan_fields(known, self.state, self.halted), *marked)
        title = bill_title(self.owner, self.bill, kind)
        return title, bill_fields(self.bill, self.earlier, known.total.sums.live_bytes, marked)

    @property
    def also_shown(self) -> Mapping[str, str]:  # type: ignore[override]  # read only
        """Labels by binding ID that the key line shows in addition, or instead of the usual ones."""
        if self.list.is_reading:
            return {"list.back": "Stop"}
        return {"list.refresh": "Rescan" if self.list.is_complete else "Resume"}

    def action_details(self) -> None:
        """Fold the pane, or show its text over the list where there is no pane."""
        title, fields = self._details()
        if self.has_class("-tall") or self.has_class("-high"):
            self.toggle_class("-folded")
        elif fields:
            self.app.push_screen(DetailDialog(fields, title))

    @property
    def sort_columns(self) -> Sequence[Column[Any]]:
        """The columns of what the server lists."""
        columns, _ = owner_columns((), lists_expired=self.lists_expired)
        return columns

    def action_sort_by(self, column: str) -> None:
        """Sort by a column; press again to reverse."""
        if (sort := OWNER_SORTS.get(column)) is not None:
            self.list.sort_by(sort)
            self.update_rows(sorted_anew=True)

    def action_copy(self) -> None:
        """Show the rows to copy, as text and as JSON."""
        from artifact_tui.screens.dialogs.copy import CopyDialog

        if (current := self.current_or_say()) is not None:
            rows = self.list.rows
            values = {
                "Name": current.repository.full_name if current.repository else current.label,
                "Rows as text": repositories_as_text(rows),
                "Rows as JSON": repositories_as_json(self.list.shown, self.bill, lists_expired=self.lists_expired),
            }
            self.app.push_screen(CopyDialog(values))

    @on(RowTable.RowHighlighted)
    def _row_reached(self, event: RowTable.RowHighlighted) -> None:
        self.look_at(event.item)

    def open_item(self, item: OwnerRow) -> None:
        """Open the storage of a repository, or what is behind a sum."""
        if item.kind is OwnerRowKind.REPOSITORY and item.repository is not None:
            self.post_message(self.Open(item.repository.name))
        elif item.kind is OwnerRowKind.NOT_READ:
            self._show_failures()
        elif item.kind is OwnerRowKind.NOT_SCANNED and self.list.scan is not None:
            self.list.scan.skips_idle = False
            self.load()
        elif item.kind is OwnerRowKind.FILTERED:
            self.app.notify("Esc clears the filter.", markup=False, timeout=4)
        else:
            self.app.notify("This row is a sum. Enter opens a repository.", markup=False, timeout=4)

    def _show_failures(self) -> None:
        if fields := failure_fields(self.list.found):
            self.app.push_screen(DetailDialog(fields, "Not read"))
        else:
            self.app.notify("The scan has stopped. r resumes.", markup=False, timeout=4)

    def filter_rows(self, text: str) -> None:
        """Show the repositories whose names contain the words."""
        if (words := text.casefold().split()) != self.list.words:
            self.list.words = words
            self.update_rows(filtered=True)

    def why_not(self, action: str) -> str:
        """Return why an action is unavailable: some need rows."""
        if action.partition("(")[0] in _NEED_ROWS and self.is_mounted and not self.table.items:
            return "The list is empty."
        return super().why_not(action)
