"""A DataTable over a sequence, with Textual's cursor and messages but without its rows."""

import operator
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, NoReturn, TypeVar

from textual import events
from textual.coordinate import Coordinate
from textual.geometry import Region, Size
from textual.widgets import DataTable
from textual.widgets.data_table import Row, RowKey

from artifact_tui.keymap import bindings

Item = TypeVar("Item")


class LazyTable(DataTable[str], Generic[Item], inherit_bindings=False):
    """One line per item of a sequence that the screen owns; a subclass draws the lines.

    `show()` loads, sorts and filters by setting another sequence. Its cost hardly depends on the length, while
    `DataTable` measures each row. Textual has no public way to replace the rows, so only this class overrides these
    private methods of `DataTable`: `_get_row_region`, `_update_dimensions`, `_highlight_row`, `_post_selected_message`
    and `_set_hover_cursor`; it also calls `_scroll_cursor_into_view`. Tests compare it with `DataTable` to notice
    upgrades that change their meaning.
    """

    BINDINGS = bindings("table")

    class RowHighlighted(DataTable.RowHighlighted, namespace="data_table"):
        """The cursor has moved to an item, or the item under it has changed."""

        item: Any = None

    class RowSelected(DataTable.RowSelected, namespace="data_table"):
        """The user has selected `item`, whose row may have moved since."""

        item: Any = None

    def __init__(self, key: Callable[[Item], Hashable], *, show_header: bool) -> None:
        """Identify items by `key`, which stays the same when the rest of an item changes."""
        self._key = key
        self._items: Sequence[Item] = ()
        self._anchor: tuple[Hashable | None, int] = (None, 0)
        super().__init__(show_header=show_header, cursor_type="row")

    @property
    def items(self) -> Sequence[Item]:
        """The shown items in order."""
        return self._items

    @property
    def current(self) -> Item | None:
        """The item under the cursor, if there is any."""
        return self._items[self.cursor_row] if self._items else None

    def show(self, items: Sequence[Item], cursor: Hashable | None = None, *, filtered: bool = False) -> None:
        """Show other items, or the same items in another order; the sequence must not change afterwards.

        The cursor moves to the item with the key `cursor`, or stays on its item. If that is missing, it stays on its
        index or, with `filtered`, moves to the first item. It survives an empty list in between, and keeps its line on
        the screen if possible.
        """
        before, line = self.current, self.cursor_row - self.scroll_offset.y
        if before is not None:
            self._anchor = self._key(before), self.cursor_row
        wanted, here = self._anchor
        index = self._find(items, wanted if cursor is None else cursor, 0 if filtered else here)
        self._items = items
        self._update_dimensions(())
        if index == self.cursor_row and self.current is not before:
            self._highlight_row(index)
        self.cursor_coordinate = Coordinate(index, 0)
        if 0 <= line < self._page_height:
            self.scroll_to(y=index - line, animate=False, force=True)
        self.refresh()

    def scroll_least(self) -> None:
        """Scroll to the start, or only as far down as shows the cursor."""
        self.scroll_to(y=max(0, self.cursor_row - self._page_height + 1), animate=False, force=True)

    def reorder(self, items: Sequence[Item]) -> None:
        """Show the items in another order; the cursor stays on the first row, or else follows its item."""
        is_first = bool(items) and self.cursor_row == 0
        self.show(items, self._key(items[0]) if is_first else None)

    def _find(self, items: Sequence[Item], wanted: Hashable | None, here: int) -> int:
        here = max(0, min(here, len(items) - 1))
        if wanted is None or not items or self._key(items[here]) == wanted:
            return here
        try:
            return operator.indexOf(map(self._key, items), wanted)
        except ValueError:
            return here

    @property
    def row_count(self) -> int:
        """The number of items."""
        return len(self._items)

    @property
    def ordered_rows(self) -> list[Row]:
        """Always empty: `DataTable` asks only for fixed rows."""
        return []

    def is_valid_row_index(self, row_index: int) -> bool:
        """Return whether there is an item at that index."""
        return 0 <= row_index < len(self._items)

    def validate_cursor_type(self, _: str) -> str:
        """Allow a row cursor only."""
        return "row"

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Keep the cursor on an item; `DataTable` lets it leave an empty table upwards."""
        return Coordinate(max(0, min(value.row, len(self._items) - 1)), 0)

    def refresh_coordinate(self, coordinate: Coordinate) -> "LazyTable[Item]":
        """Repaint the whole row."""
        return self.refresh_row(coordinate.row)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable opening in an empty list."""
        return action != "select_cursor" or bool(self._items)

    def on_resize(self) -> None:
        """Keep the cursor visible when the window shrinks, and after the first layout."""
        self._scroll_cursor_into_view()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Disable the hover cursor, which would send rows for nothing."""
        event.prevent_default()

    def action_cursor_down(self) -> None:
        """Move down; at the last item, scroll back to the cursor after the mouse wheel has moved the view."""
        self._move_in_view(super().action_cursor_down)

    def action_cursor_up(self) -> None:
        """Move up; at the first item, scroll back to the cursor."""
        self._move_in_view(super().action_cursor_up)

    def action_scroll_top(self) -> None:
        """Move to the first item and scroll to it."""
        self._move_in_view(super().action_scroll_top)

    def action_scroll_bottom(self) -> None:
        """Move to the last item and scroll to it."""
        self._move_in_view(super().action_scroll_bottom)

    def _move_in_view(self, move: Callable[[], None]) -> None:
        before = self.cursor_row
        move()
        if self.cursor_row == before:  # otherwise Textual has scrolled
            self._scroll_cursor_into_view()

    def action_page_down(self) -> None:
        """Move the cursor and the view one page down."""
        self._move_lines(self._page_height)

    def action_page_up(self) -> None:
        """Move the cursor and the view one page up."""
        self._move_lines(-self._page_height)

    def action_half_page_down(self) -> None:
        """Move the cursor and the view half a page down."""
        self._move_lines(max(1, self._page_height // 2))

    def action_half_page_up(self) -> None:
        """Move the cursor and the view half a page up."""
        self._move_lines(-max(1, self._page_height // 2))

    def _move_lines(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False, force=True)
        self.move_cursor(row=self.cursor_row + lines, scroll=False)

    @property
    def _header_lines(self) -> int:
        return self.header_height if self.show_header else 0

    @property
    def _page_height(self) -> int:
        return self.scrollable_content_region.height - self._header_lines

    def _get_row_region(self, row_index: int) -> Region:
        if not self.is_valid_row_index(row_index):
            return Region()
        return Region(0, row_index + self._header_lines, self.scrollable_content_region.width, 1)

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        self.virtual_size = Size(0, len(self._items) + self._header_lines)

    def _highlight_row(self, row_index: int) -> None:
        self.refresh_row(row_index)
        if self.is_valid_row_index(row_index):
            self._post(self.RowHighlighted, row_index)

    def _post_selected_message(self) -> None:
        if self._items:
            self._post(self.RowSelected, self.cursor_row)

    def _post(self, kind: type[RowHighlighted] | type[RowSelected], index: int) -> None:
        item = self._items[index]
        message = kind(self, index, RowKey(str(self._key(item))))
        message.item = item
        self.post_message(message)

    def _set_hover_cursor(self, active: bool) -> None:
        """Do nothing; Textual would repaint the hovered row at each key."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("the rows come from a sequence: call show()")

    add_row = add_rows = remove_row = update_cell = update_cell_at = sort = clear = _refuse
    add_column = add_columns = remove_column = _refuse
    get_cell = get_cell_at = get_row = get_row_at = get_column = get_column_at = _refuse
