"""The look of every list: columns that fit, a cursor sign, marks, a sort sign, a message when empty."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from typing import Any, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import DataTable

from artifact_tui.widgets.column_shares import Contents, look_at, share_columns, text_of
from artifact_tui.widgets.distinct_texts import shorten
from artifact_tui.widgets.lazy_table import LazyTable
from artifact_tui.widgets.row_layout import UNICODE, Cell, Column, FittedColumn, Signs, choose_columns
from artifact_tui.widgets.row_lines import (
    GUTTER,
    MARGIN,
    Order,
    TextRun,
    header_line,
    message_line,
    row_line,
)

Item = TypeVar("Item")
BLOCK = 64
"""How many rows share one look at the texts around them."""


class RowTable(LazyTable[Item], Generic[Item]):
    """A table of items in columns that fill the width, the least important ones dropped when it is narrow.

    Texts are drawn as they are, never as markup, and a line is one run of text for each tone, not one for
    each cell; the codes between runs are most of what a key costs on a slow line.
    """

    class MarkClicked(Message):
        """The mark column of a row was clicked."""

        def __init__(self, table: RowTable[Any], item: Any) -> None:
            super().__init__()
            self.table = table
            self.item = item

        @property
        def control(self) -> RowTable[Any]:
            """The table."""
            return self.table

    COMPONENT_CLASSES = {
        "row-table--muted",
        "row-table--accent",
        "row-table--success",
        "row-table--warning",
        "row-table--error",
        "row-table--placeholder",
    }

    DEFAULT_CSS = """
    RowTable {
        height: 1fr;
        overflow-x: hidden;
        background: $background;
        &:focus { background-tint: $foreground 0%; }
        & > .datatable--header { background: $background; color: $text-muted; text-style: none; }
        &:focus > .datatable--header { background-tint: $foreground 0%; }
        & > .row-table--muted { color: $text-muted; }
        & > .row-table--accent { color: $text-accent; }
        & > .row-table--success { color: $text-success; }
        & > .row-table--warning { color: $text-warning; }
        & > .row-table--error { color: $text-error; }
        & > .row-table--placeholder { color: $text-muted; }
        &:ansi > .datatable--header { background: ansi_default; color: ansi_default; text-style: dim; }
        &:ansi > .row-table--muted { text-style: dim; }
        &:ansi > .row-table--placeholder { text-style: dim; }
    }
    """

    marks: reactive[AbstractSet[Hashable]] = reactive(frozenset[Hashable](), repaint=False, always_update=True)
    """The keys that carry the mark sign. The screen owns them; assign again after changing a set in place."""
    sorted_by: reactive[Order | None] = reactive[Order | None](None)
    """The column whose header carries the sort sign."""
    placeholder: reactive[str] = reactive("")
    """What is said, in the middle, while there is no row."""

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        *,
        key: Callable[[Item], Hashable],
        row: Callable[[Item], Any] | None = None,
        placeholder: str = "",
        signs: Signs = UNICODE,
        show_header: bool = True,
        shown: Sequence[str] = (),
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Show in `columns` an item, or what `row` makes of it for their cells; `key` tells items apart.

        With `shown` only the columns of these names are there, in that order.
        """
        self._columns = tuple(columns)
        self._chosen = choose_columns(self._columns, tuple(shown))
        self._row = row or _itself
        self._signs = signs
        self._contents: Contents | None = None
        self._shortened: dict[tuple[int, int, int], dict[str, str]] = {}
        super().__init__(key, show_header=show_header, name=name, id=id, classes=classes)
        self.set_reactive(RowTable.placeholder, placeholder)

    def on_mount(self) -> None:
        """Tell stock the columns, since `HeaderSelected` carries one of them."""
        for column in self._columns:
            DataTable.add_column(self, Text(column.label), width=column.width, key=column.id)

    def show(self, items: Sequence[Item], cursor: Hashable | None = None, *, filtered: bool = False) -> None:
        """Show items as :class:`LazyTable` does, with columns that fit them."""
        self._forget()
        had_any = bool(self._items)
        super().show(items, cursor, filtered=filtered)
        if self.is_mounted and had_any != bool(items):
            self.screen.refresh_bindings()  # many keys need a row

    def refit(self) -> None:
        """Suit the columns to cells that have changed while the items are the same."""
        self._forget()
        self.refresh()

    def _cells(self, item: Item) -> list[str | Cell]:
        row = self._row(item)
        return [column.cell(row) for column in self._columns]

    def _forget(self) -> None:
        self._contents = None
        self._shortened.clear()

    def renew(self, items: Sequence[Item]) -> None:
        """As `show()`; the same items in newer states cost no more than the lines that look different."""
        before, placed = self._items, self._placed
        if [*map(self._key, before)] != [*map(self._key, items)]:
            self.show(items)
            return
        self._items, contents = items, self._contents or Contents()
        self._contents = self._look().after(contents)
        if self._placed != placed:
            self.refresh()
            return
        top = self.scroll_offset.y
        for index in range(top, min(top + self.size.height, len(items))):
            if before[index] is not items[index] and self._cells(before[index]) != self._cells(items[index]):
                self.refresh_row(index)

    def watch_marks(self, old: AbstractSet[Hashable], new: AbstractSet[Hashable]) -> None:
        """Repaint the lines whose mark has changed, or the window when a set was changed in place."""
        if old is new:
            self.refresh()
            return
        top = self.scroll_offset.y
        for index in range(top, min(top + self.size.height, len(self._items))):
            key = self._key(self._items[index])
            if (key in old) != (key in new):
                self.refresh_row(index)

    def on_click(self, event: events.Click) -> None:
        """Pass on which row or header was clicked; a click on the mark column toggles the mark.

        Stock marks each cell it draws with its place, and every mark starts a new run of escape codes.
        """
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = offset.y - self._header_lines + self.scroll_offset.y
        if offset.y < self._header_lines:
            x = offset.x - GUTTER
            for placed in self._placed:
                if placed.x <= x < placed.x + placed.width:
                    event.style += Style.from_meta({"row": -1, "column": placed.index})
        elif self.is_valid_row_index(index) and offset.x < GUTTER:
            self.move_cursor(row=index, scroll=False)
            self.post_message(self.MarkClicked(self, self._items[index]))
        elif self.is_valid_row_index(index):
            event.style += Style.from_meta({"row": index, "column": 0})

    def render_line(self, y: int) -> Strip:
        """One line of the window: header, item, message, or nothing."""
        size = self.scrollable_content_region.size
        index = y - self._header_lines + self.scroll_offset.y
        if y < self._header_lines:
            text = header_line(self._placed, self.sorted_by, self._signs) if y == 0 else ""
            runs = [(text, self.get_component_rich_style("datatable--header"))]
        elif index < len(self._items):
            runs = self._row_runs(index)
        elif self._items:
            return Strip.blank(size.width, self.rich_style)
        else:
            text = message_line(self.placeholder, index, size.width, self._page_height, self._signs)
            runs = [(text, self.get_component_rich_style("row-table--placeholder"))]
        strip = Strip([Segment(text, style) for text, style in runs])
        return strip.adjust_cell_length(size.width, runs[-1][1]).simplify()

    def _row_runs(self, index: int) -> list[tuple[str, Style]]:
        item = self._items[index]
        cursor = self.show_cursor and index == self.cursor_row
        marked = self._key(item) in self.marks
        cells, short = self._cells(item), partial(self._short, index)
        runs = row_line(self._placed, cells, self._signs, cursor=cursor, marked=marked, short=short)
        if not cursor:
            return [(run.text, self._style(run)) for run in runs]
        # One style for the whole line: a tone's color could not be read on the cursor's.
        return [("".join(run.text for run in runs), self.get_component_rich_style("datatable--cursor"))]

    def _look(self) -> Contents:
        self._contents = self._contents or Contents()  # for cells that ask how wide a column is
        if len(self._chosen) == 1:
            return self._contents
        return look_at(self._items, self._cells).of([index for index, _ in self._chosen])

    def _short(self, index: int, placed: FittedColumn, text: str) -> str:
        """Return a text of the row `index`, told apart from those of the rows around it when it is too long.

        The rows are looked at by blocks, so that a row looks the same wherever the window is.
        """
        if len(text) <= placed.width and text.isascii():
            return text
        block = index // BLOCK
        wanted = block, placed.index, placed.width
        if wanted not in self._shortened:
            around = self._items[max(0, block - 1) * BLOCK : (block + 2) * BLOCK]
            texts = {text_of(placed.column.cell(self._row(item))) for item in around}
            self._shortened[wanted] = shorten(texts, placed.width, self._signs.ellipsis)
        return self._shortened[wanted].get(text, text)

    def _style(self, run: TextRun) -> Style:
        return self.get_component_rich_style(f"row-table--{run.tone}") if run.tone else self.rich_style

    def width_of(self, column: str) -> int:
        """Return the cells that a column has now, 0 when it is not shown."""
        return next((placed.width for placed in self._placed if placed.column.id == column), 0)

    @property
    def _placed(self) -> tuple[FittedColumn, ...]:
        width = self.scrollable_content_region.width - GUTTER - MARGIN
        columns = tuple(column for _, column in self._chosen)
        if self._contents is None:
            self._contents = self._look()
        placed = share_columns(columns, self._contents, max(0, width))
        return tuple(replace(one, index=self._chosen[one.index][0]) for one in placed)


def _itself(item: Any) -> Any:
    return item
