"""The look of every list: columns that fit, a cursor sign, marks, a sort sign, a message when empty."""

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import DataTable

from artifact_tui.widgets.lazy_table import LazyTable
from artifact_tui.widgets.row_layout import UNICODE, Cell, Column, Placed, Signs, choose_columns, fit_columns
from artifact_tui.widgets.row_lines import (
    GUTTER,
    MARGIN,
    Order,
    Run,
    header_line,
    message_line,
    row_line,
)

Item = TypeVar("Item")


class RowTable(LazyTable[Item], Generic[Item]):
    """A table of items in columns that fill the width, the least important ones dropped when it is narrow.

    Texts are drawn as they are, never as markup, and a line is one run of text for each tone, not one for
    each cell; the codes between runs are most of what a key costs on a slow line.
    """

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
        columns: Sequence[Column],
        *,
        key: Callable[[Item], Hashable],
        cells: Callable[[Item], Sequence[str | Cell]],
        placeholder: str = "",
        signs: Signs = UNICODE,
        show_header: bool = True,
        shown: Sequence[str] = (),
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Show in `columns` what `cells` makes of an item, in their order; `key` tells items apart.

        With `shown` only those columns are there, in that order.
        """
        self._columns = tuple(columns)
        self._chosen = choose_columns(self._columns, tuple(shown))
        self._cells = cells
        self._signs = signs
        super().__init__(key, show_header=show_header, name=name, id=id, classes=classes)
        self.set_reactive(RowTable.placeholder, placeholder)

    def on_mount(self) -> None:
        """Tell stock the columns, since `HeaderSelected` carries one of them."""
        for column in self._columns:
            DataTable.add_column(self, Text(column.label), width=column.width, key=column.id)

    def renew(self, items: Sequence[Item]) -> None:
        """As `show()`; the same items in newer states cost no more than the lines that look different."""
        before = self._items
        if [*map(self._key, before)] != [*map(self._key, items)]:
            self.show(items)
            return
        self._items = items
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
        """Tell stock's handler which row or header was clicked.

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
        runs = row_line(self._placed, self._cells(item), self._signs, cursor=cursor, marked=marked)
        if not cursor:
            return [(run.text, self._style(run)) for run in runs]
        # One style for the whole line: a tone's colour could not be read on the cursor's.
        return [("".join(run.text for run in runs), self.get_component_rich_style("datatable--cursor"))]

    def _style(self, run: Run) -> Style:
        return self.get_component_rich_style(f"row-table--{run.tone}") if run.tone else self.rich_style

    def width_of(self, column: str) -> int:
        """The cells that a column has now, 0 when it is not shown."""
        return next((placed.width for placed in self._placed if placed.column.id == column), 0)

    @property
    def _placed(self) -> tuple[Placed, ...]:
        width = self.scrollable_content_region.width - GUTTER - MARGIN
        placed = fit_columns(tuple(column for _, column in self._chosen), max(0, width))
        return tuple(replace(one, index=self._chosen[one.index][0]) for one in placed)
