"""The look of every list: fitting columns, a cursor sign, marks, a sort sign, and a message when empty."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from typing import Any, Generic, TypeVar, get_args

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import DataTable

from artifact_tui.terminal.lean_app import LeanApp
from artifact_tui.widgets.column_shares import Contents, look_at, share_columns, text_of
from artifact_tui.widgets.distinct_texts import shorten
from artifact_tui.widgets.lazy_table import LazyTable
from artifact_tui.widgets.row_layout import Cell, Column, FittedColumn, Tone, choose_columns
from artifact_tui.widgets.row_lines import (
    GUTTER,
    MARGIN,
    MARK,
    PART_MARK,
    PROBLEM_MARK,
    Order,
    TextRun,
    header_line,
    message_line,
    row_line,
)

Item = TypeVar("Item")
BLOCK = 64
"""The number of rows whose texts are shortened together."""


class RowTable(LazyTable[Item], Generic[Item]):
    """A table of items in columns that fill the width; narrow terminals lose the least important columns.

    Texts are never parsed as markup. A line has one run of text per tone, not per cell, because the codes between runs
    are most of the bytes that a key costs on a slow connection.
    """

    class MarkClicked(Message):
        """The mark column of a row was clicked."""

        def __init__(self, item: Any) -> None:
            super().__init__()
            self.item = item

    COMPONENT_CLASSES = {f"row-table--{part}" for part in (*get_args(Tone), "placeholder")}
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
        & > .row-table--chart { color: $text-accent; }
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
    """The keys of marked items. The screen owns them; assign again after changing a set in place."""
    part_marks: reactive[AbstractSet[Hashable]] = reactive(frozenset[Hashable](), repaint=False)
    """The keys of items that are marked in part, with another sign; assign them before ``marks``."""
    sorted_by: reactive[Order | None] = reactive[Order | None](None)
    """The order that the sort sign shows."""
    placeholder: reactive[str] = reactive("")
    """The message of an empty table."""

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        *,
        key: Callable[[Item], Hashable],
        row: Callable[[Item], Any] | None = None,
        placeholder: str = "",
        show_header: bool = True,
        shown: Sequence[str] = (),
    ) -> None:
        """Show items, or `row(item)` for each; `key` identifies items, `shown` selects and orders columns by name."""
        self._columns = tuple(columns)
        self._chosen = choose_columns(self._columns, tuple(shown))
        self._row = row or (lambda item: item)
        self._contents: Contents | None = None
        self._shortened: dict[tuple[int, int, int], dict[str, str]] = {}
        self._plain: Style | None = None
        self.problem_keys: AbstractSet[Hashable] = frozenset()
        """The keys of items with the sign of a problem in place of a mark; set them before `show()`."""
        super().__init__(key, show_header=show_header)
        self.set_reactive(RowTable.placeholder, placeholder)

    def on_mount(self) -> None:
        """Add the columns to `DataTable`, since `HeaderSelected` contains one of them."""
        for column in self._columns:
            DataTable.add_column(self, Text(column.label), width=column.width, key=column.id)

    def show(self, items: Sequence[Item], cursor: Hashable | None = None, *, filtered: bool = False) -> None:
        """Show items as :class:`LazyTable` does, and fit the columns to them."""
        self._forget()
        had_any = bool(self._items)
        super().show(items, cursor, filtered=filtered)
        if self.is_mounted and had_any != bool(items):
            self.screen.refresh_bindings()  # many keys need a row

    def choose(self, shown: Sequence[str], columns: Sequence[Column[Any]] = ()) -> None:
        """Show other columns, by name; ``columns`` replaces all columns by as many with the same IDs."""
        self._columns = tuple(columns) or self._columns
        self._chosen = choose_columns(self._columns, tuple(shown))
        self.refit()

    def refit(self) -> None:
        """Fit the columns to cells that have changed while the items are the same."""
        self._forget()
        self.refresh()

    def _cells(self, item: Item) -> list[str | Cell]:
        row = self._row(item)
        return [column.cell(row) for column in self._columns]

    def _forget(self) -> None:
        self._contents = None
        self._shortened.clear()

    def renew(self, items: Sequence[Item]) -> None:
        """Show items as `show()` does, but repaint only changed lines if they are the same items in a newer state."""
        before, placed = self._items, self._placed
        if [*map(self._key, before)] != [*map(self._key, items)]:
            self.show(items)
            return
        self._items, contents = items, self._contents or Contents()
        self._contents = self._look().after(contents)
        if self._placed != placed:
            self.refresh()
            return
        for index in self._visible():
            if before[index] is not items[index] and self._cells(before[index]) != self._cells(items[index]):
                self.refresh_row(index)

    def _visible(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(top + self.size.height, len(self._items)))

    @property
    def current_key(self) -> Hashable | None:
        """The key of the item under the cursor."""
        current = self.current
        return None if current is None else self._key(current)

    @property
    def visible_keys(self) -> list[Hashable]:
        """The keys of the items in the window, in order."""
        return [self._key(self._items[index]) for index in self._visible()]

    def watch_marks(self, old: AbstractSet[Hashable], new: AbstractSet[Hashable]) -> None:
        """Repaint the lines whose mark has changed, or all lines if a set was changed in place."""
        if old is new:
            self.refresh()
            return
        for index in self._visible():
            key = self._key(self._items[index])
            if (key in old) != (key in new):
                self.refresh_row(index)

    def watch_part_marks(self, old: AbstractSet[Hashable], new: AbstractSet[Hashable]) -> None:
        """Repaint the lines whose mark has changed."""
        self.watch_marks(old, new)

    def on_click(self, event: events.Click) -> None:
        """Tell `DataTable` the clicked row or header; a click on the mark column toggles the mark.

        `DataTable` marks each drawn cell with its position instead, but each mark starts a new run of escape codes.
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
            self.post_message(self.MarkClicked(self._items[index]))
        elif self.is_valid_row_index(index):
            event.style += Style.from_meta({"row": index, "column": 0})

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines of the window, and compose the style of most of their text only once."""
        self._plain = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Return a line of the window: the header, an item, the message, or nothing."""
        size = self.scrollable_content_region.size
        index = y - self._header_lines + self.scroll_offset.y
        if y < self._header_lines:
            text = header_line(self._placed, self.sorted_by) if y == 0 else ""
            runs = [(text, self.get_component_rich_style("datatable--header"))]
        elif index < len(self._items):
            runs = self._row_runs(index)
        elif self._items:
            return Strip.blank(size.width, self.rich_style)
        else:
            text = message_line(self.placeholder, index, size.width, self._page_height)
            runs = [(text, self.get_component_rich_style("row-table--placeholder"))]
        strip = Strip([Segment(text, style) for text, style in runs])
        return strip.adjust_cell_length(size.width, runs[-1][1]).simplify()

    @property
    def has_sign_cursor(self) -> bool:
        """Whether the cursor is a sign and a colored name instead of a colored row, to send fewer bytes."""
        app = self.app
        return isinstance(app, LeanApp) and app.saves_bytes

    def _row_runs(self, index: int) -> list[tuple[str, Style]]:
        item = self._items[index]
        cursor = self.show_cursor and index == self.cursor_row
        key = self._key(item)
        mark = MARK if key in self.marks else PART_MARK if key in self.part_marks else " "
        mark = PROBLEM_MARK if key in self.problem_keys else mark
        cells, short = self._cells(item), partial(self._short, index)
        is_sign = self.has_sign_cursor
        runs = row_line(self._placed, cells, cursor=cursor, mark=mark, short=short, colors_name=is_sign)
        if is_sign or not cursor:
            return [(run.text, self._style(run)) for run in runs]
        # One style for all but charts, because the colors of tones are not readable on the cursor.
        look = self.get_component_rich_style("datatable--cursor")
        return [(text, self._style(run) if stays else look) for run in runs for text, stays in _signs(run)]

    def _look(self) -> Contents:
        self._contents = self._contents or Contents()  # for cells that query the width of a column
        if len(self._chosen) == 1:
            return self._contents
        return look_at(self._items, self._cells).of([index for index, _ in self._chosen])

    def _short(self, index: int, placed: FittedColumn, text: str) -> str:
        """Return a text of the row `index`, shortened so that it differs from those of the rows around it.

        Rows are compared in fixed blocks, so that a row looks the same at any scroll position.
        """
        if len(text) <= placed.width and text.isascii():
            return text
        block = index // BLOCK
        wanted = block, placed.index, placed.width
        if wanted not in self._shortened:
            around = self._items[max(0, block - 1) * BLOCK : (block + 2) * BLOCK]
            texts = {text_of(placed.column.cell(self._row(item))) for item in around}
            self._shortened[wanted] = shorten(texts, placed.width)
        return self._shortened[wanted].get(text, text)

    def _style(self, run: TextRun) -> Style:
        return self.get_component_rich_style(f"row-table--{run.tone}") if run.tone else self._plain or self.rich_style

    def width_of(self, column: str) -> int:
        """Return the current width of a column, 0 if it is not shown."""
        return next((placed.width for placed in self._placed if placed.column.id == column), 0)

    @property
    def _placed(self) -> tuple[FittedColumn, ...]:
        width = self.scrollable_content_region.width - GUTTER - MARGIN
        columns = tuple(column for _, column in self._chosen)
        if self._contents is None:
            self._contents = self._look()
        placed = share_columns(columns, self._contents, max(0, width))
        return tuple(replace(one, index=self._chosen[one.index][0]) for one in placed)


def _signs(run: TextRun) -> list[tuple[str, bool]]:
    """Return the parts of a run, and whether they keep their look under the cursor: the signs of a chart do."""
    if run.tone != "chart":
        return [(run.text, False)]
    signs = run.text.strip(" ")
    before, _, after = run.text.partition(signs) if signs else (run.text, "", "")
    return [(before, False), (signs, True), (after, False)]
