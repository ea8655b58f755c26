"""File preview, in the viewer for its type: log, report, table, picture, or hex dump."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate

from textual import on
from textual.getters import query_one
from textual.widget import Widget

from artifact_tui.domain.provider import Provider
from artifact_tui.keymap import bindings
from artifact_tui.preview.line import Rendered, StyledLine
from artifact_tui.screens.contents.reading import AnyReading
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.session import Session
from artifact_tui.text import count, size
from artifact_tui.widgets.filter_bar import FilterBar
from artifact_tui.widgets.line_table import LineRow, LineTable, fold_line, note_row
from artifact_tui.widgets.row_table import RowTable

ROOM_FOR_COUNT = 60
"""The least width at which the title counts lines; a narrower one needs the cells for the file name."""
NARROWEST = 20
UPPER_PART = 3  # a match is shown in the upper third, so that what follows is visible, such as a traceback


class PreviewScreen(ListScreen):
    """A file as a list of lines; the filter line searches."""

    BINDINGS = bindings("preview")
    FILTER_HINT = "Find text; then n and N"
    ESC_STOPS = False

    lines = query_one(LineTable)

    def __init__(self, session: Session, trail: tuple[str, ...], reading: AnyReading, save: Callable[[], None]) -> None:
        super().__init__(session, *trail)
        self._reading = reading
        self._save = save
        self._page: Rendered | None = None
        self._is_turned = False
        self._wants_error = False
        self._lines: tuple[StyledLine, ...] = ()
        self._starts: list[int] = []
        self._found: list[int] = []
        self._without_stamps = False
        self._origin = 0

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table: one column, no header."""
        yield LineTable()

    async def fetch(self, provider: Provider) -> None:
        """Read the wanted part of the file and convert it to lines, in a thread."""
        self._page = await asyncio.to_thread(self._reading.read)
        is_turned, self._is_turned = self._is_turned, False
        if is_turned and self._reading.has_one_view:
            self.app.notify("No other view for this file.", markup=False, timeout=4)

    def tell_end(self) -> None:
        """Go to the first error if its key was pressed while the file was read."""
        if self._wants_error:
            self.action_error()

    def on_unmount(self) -> None:
        """Stop reading."""
        self._reading.stop()

    def on_resize(self) -> None:
        """Fold the lines to the new width."""
        self.call_after_refresh(self.update_rows)

    def update_rows(self) -> None:
        """Show all lines, folded to the width, between the program's notes."""
        rows = self._rows(self._page) if self._page else []
        self.table.placeholder = self._placeholder()
        self.table.show(rows)
        self.table.marks = frozenset((number, 0) for number, line in enumerate(self._lines, 1) if line.is_error)
        self._search()
        self.refresh_bindings()

    def _rows(self, page: Rendered) -> list[LineRow]:
        width = max(NARROWEST, self.table.width_of("text"))
        self._lines = page.at(width) if self._has_colors or not page.kind.endswith("image") else page.lines
        rows = [note_row(number, note) for number, note in enumerate(page.notes)]
        self._starts = []
        for number, line in enumerate(self._lines, 1):
            self._starts.append(len(rows))
            if page.draw is not None:  # already drawn to the width
                rows.append(LineRow(number, 0, line.text, line.runs))
            else:
                rows.extend(fold_line(number, line, width, without_stamp=self._without_stamps))
        if self._reading.rest:
            rows.append(note_row(len(page.notes), f"… {size(self._reading.rest)} more; {self._how_to_have_more}"))
        return rows

    @property
    def _how_to_have_more(self) -> str:
        return "m loads more" if self._reading.may_grow else "d saves the whole file"

    @property
    def _has_colors(self) -> bool:
        """Whether pictures can be drawn: 16 colors are too few."""
        return self.app.console.color_system in ("truecolor", "256") and not self.app.no_color

    @on(RowTable.RowHighlighted)
    @on(FilterBar.Submitted)
    def _sum_up(self) -> None:
        self.title_bar.summary = self._summary()

    def _summary(self) -> str:
        page, reading = self._page, self._reading
        if page is None or self.loading_rows:
            return "reading…" if self.loading_rows else ""
        if self.lines.needle:
            if not self._found:
                return f"no line matches{reading.where}"
            place = bisect_right(self._found, self._here)
            return f"match {place:,} of {len(self._found):,}{reading.where}"
        has_room = self.size.width >= ROOM_FOR_COUNT
        lines = count(len(self._lines), "line") if page.encoding and not reading.rest and has_room else ""
        kind = "" if page.kind == "text" else page.kind
        return " · ".join(word for word in (lines, kind, page.encoding, reading.amount) if word)

    @property
    def _here(self) -> int:
        row = self.table.current
        if row is None:
            return 0
        return int(row.line) or (0 if not self.table.cursor_row else len(self._lines))

    def _placeholder(self) -> str:
        if self.loading_rows:
            return f"Reading {size(self._reading.wanted)}…"
        if self._page is None:
            return self.table.placeholder  # the error
        return "This file is empty\n\nEsc goes back"

    def action_filter(self) -> None:
        """Start a search at the cursor."""
        self._origin = self._here
        super().action_filter()

    def filter_rows(self, text: str) -> None:
        """Find as you type: go to the first matching line from where the search began."""
        self._search()
        self._go(self._found, max(0, self._origin - 1), forward=True, needle=self.lines.needle)

    def _search(self) -> None:
        needle = self.filter_bar.text.casefold()
        self.lines.needle = needle
        texts = (line.text[line.stamp if self._without_stamps else 0 :] for line in self._lines)
        self._found = [number for number, text in enumerate(texts, 1) if needle in text.casefold()] if needle else []
        self._sum_up()

    def _go(self, numbers: list[int], here: int, *, forward: bool, needle: str = "") -> None:
        """Move to the next or previous of these lines, wrapping around; in a folded line, to the match."""
        if not numbers:
            return
        at = bisect_right(numbers, here) if forward else bisect_left(numbers, here) - 1
        row = self._row_with(needle, self._starts[numbers[at % len(numbers)] - 1])
        self.table.move_cursor(row=row, scroll=False)
        height = self.table.scrollable_content_region.height
        if not 0 <= row - self.table.scroll_offset.y <= (height - 1) // UPPER_PART:
            self.table.scroll_to(y=row - height // (UPPER_PART + 1), animate=False, force=True)

    def _row_with(self, needle: str, row: int) -> int:
        """Return the row, among those of one line, in which the first match begins."""
        rows = self.table.items
        end = next((at for at in range(row + 1, len(rows)) if rows[at].line != rows[row].line), len(rows))
        texts = [one.text[one.indent :] for one in rows[row:end]]
        found = "".join(texts).casefold().find(needle)
        ends = list(accumulate(map(len, texts)))
        return row + min(bisect_right(ends, max(0, found)), len(texts) - 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action would do something."""
        if action == "more":
            return self._reading.may_grow
        if action == "stamps":  # before a deletion begins, its key stops it
            return any(line.stamp for line in self._lines) and not self.session.in_grace
        return True

    def action_find_next(self) -> None:
        """Go to the next match."""
        self._go(self._found, self._here, forward=True, needle=self.lines.needle)

    def action_find_previous(self) -> None:
        """Go to the previous match."""
        self._go(self._found, self._here, forward=False, needle=self.lines.needle)

    def action_error(self) -> None:
        """Go to the first error, then to the next; while the file is read, once it was read."""
        self._wants_error = self.loading_rows
        if self.loading_rows:
            return
        errors = [number for number, line in enumerate(self._lines, 1) if line.is_error]
        if not errors:
            where = self._reading.where or " of this"
            step = f"; {self._how_to_have_more}" if self._reading.rest else ""
            self.app.notify(f"No line{where} looks like an error{step}.", markup=False, timeout=4)
        self._go(errors, self._here, forward=True)

    def action_stamps(self) -> None:
        """Hide the timestamps of a log, or show them."""
        self._without_stamps = not self._without_stamps
        self.update_rows()

    def action_view(self) -> None:
        """Switch between formatted, text and hex."""
        self._is_turned = True
        self._reading.next_view()
        self.load()

    def action_more(self) -> None:
        """Load four times as much of the file."""
        if self._reading.grow():
            self.load()

    def action_download(self) -> None:
        """Save the whole file."""
        self._save()
