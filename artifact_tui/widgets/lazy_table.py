"""A DataTable over a sequence: the cursor, the messages and what stock must be told, without stock's rows."""

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
    """One line an item, from a sequence that the screen owns; a subclass draws the lines.

    Loading, sorting and filtering are all `show()` with another sequence, at a cost that hardly depends on
    its length, while stock measures each row it is given. Stock's cursor, scrolling, mouse and messages stay.
    Textual has no public way to replace the rows, so these private methods of `DataTable` are overridden,
    here and nowhere else: `_get_row_region`, `_update_dimensions`, `_highlight_row`, `_post_selected_message`
    and `_set_hover_cursor`; `_scroll_cursor_into_view` is called. The tests hold the outcome against the
    stock table, so that an upgrade which changes their meaning is noticed.
    """

    BINDINGS = bindings("table")

    class RowHighlighted(DataTable.RowHighlighted, namespace="data_table"):
        """The cursor has come to an item, or the item under it has become another."""

        def __init__(self, table: "LazyTable[Any]", index: int, key: RowKey, item: Any) -> None:
            super().__init__(table, index, key)
            self.item = item

    class RowSelected(DataTable.RowSelected, namespace="data_table"):
        """The user has chosen an item; decide by `item`, since the rows may have moved since."""

        def __init__(self, table: "LazyTable[Any]", index: int, key: RowKey, item: Any) -> None:
            super().__init__(table, index, key)
            self.item = item

    def __init__(
        self,
        key: Callable[[Item], Hashable],
        *,
        show_header: bool,
        name: str | None,
        id: str | None,  # noqa: A002  # Textual's own name for it
        classes: str | None,
    ) -> None:
        """Tell items apart by `key`, which stays the same while the rest of an item may change."""
        self._key = key
        self._items: Sequence[Item] = ()
        self._anchor: tuple[Hashable | None, int] = (None, 0)
        super().__init__(show_header=show_header, cursor_type="row", name=name, id=id, classes=classes)

    @property
    def items(self) -> Sequence[Item]:
        """What is shown, in its order."""
        return self._items

    @property
    def current(self) -> Item | None:
        """The item under the cursor, if there is any."""
        return self._items[self.cursor_row] if self._items else None

    def show(self, items: Sequence[Item], cursor: Hashable | None = None, *, filtered: bool = False) -> None:
        """Show other items, or the same in another order; the sequence must not change afterwards.

        The cursor goes to the item whose key is `cursor`, else stays on its item, else (the item is gone) on
        its index, where the next one has come up, or, when the items are `filtered`, on the first of them. An
        empty list in between loses neither. A visible cursor keeps its line of the screen where it can.
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

    def reorder(self, items: Sequence[Item]) -> None:
        """Show the items in another order; a cursor on the first row stays there, others follow their item."""
        is_first = bool(items) and self.cursor_row == 0
        self.show(items, self._key(items[0]) if is_first else None)

    def _find(self, items: Sequence[Item], wanted: Hashable | None, here: int) -> int:
        """Return the index of the item with the wanted key, else `here`, as far as there are items."""
        here = max(0, min(here, len(items) - 1))
        if wanted is None or not items or self._key(items[here]) == wanted:
            return here
        try:
            return operator.indexOf(map(self._key, items), wanted)
        except ValueError:
            return here

    @property
    def row_count(self) -> int:
        """How many items are shown."""
        return len(self._items)

    @property
    def ordered_rows(self) -> list[Row]:
        """Always empty: there are no stock row objects, and stock asks for fixed ones only."""
        return []

    def is_valid_row_index(self, row_index: int) -> bool:
        """Whether there is an item at that index."""
        return 0 <= row_index < len(self._items)

    def validate_cursor_type(self, _: str) -> str:
        """Rows only: cells have no place of their own here."""
        return "row"

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Keep the cursor on an item; stock lets it leave an empty table upwards."""
        return Coordinate(max(0, min(value.row, len(self._items) - 1)), 0)

    def refresh_coordinate(self, coordinate: Coordinate) -> "LazyTable[Item]":
        """Repaint the row, since cells are not drawn by themselves."""
        return self.refresh_row(coordinate.row)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key can do something: there is nothing to open in an empty list."""
        return action != "select_cursor" or bool(self._items)

    def on_resize(self) -> None:
        """Keep the cursor in view when the window shrinks, and find it in the first layout."""
        self._scroll_cursor_into_view()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """No hover cursor: it would send rows over the line for nothing."""
        event.prevent_default()

    def action_cursor_down(self) -> None:
        """Move down; at the last item the view still comes back to the cursor, from where the wheel has taken it."""
        self._move_in_view(super().action_cursor_down)

    def action_cursor_up(self) -> None:
        """Move up; at the first item the view still comes back to the cursor."""
        self._move_in_view(super().action_cursor_up)

    def action_scroll_top(self) -> None:
        """Move to the first item, also where only the view is elsewhere."""
        self._move_in_view(super().action_scroll_top)

    def action_scroll_bottom(self) -> None:
        """Move to the last item, also where only the view is elsewhere."""
        self._move_in_view(super().action_scroll_bottom)

    def _move_in_view(self, move: Callable[[], None]) -> None:
        before = self.cursor_row
        move()
        if self.cursor_row == before:  # else stock has done it
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
        """Return the item's line, without the scrollbar beside it."""
        if not self.is_valid_row_index(row_index):
            return Region()
        return Region(0, row_index + self._header_lines, self.scrollable_content_region.width, 1)

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        """As many lines as items, never wider than the window."""
        self.virtual_size = Size(0, len(self._items) + self._header_lines)

    def _highlight_row(self, row_index: int) -> None:
        self.refresh_row(row_index)
        if self.is_valid_row_index(row_index):
            item = self._items[row_index]
            self.post_message(self.RowHighlighted(self, row_index, RowKey(str(self._key(item))), item))

    def _post_selected_message(self) -> None:
        item = self.current
        if item is not None:
            self.post_message(self.RowSelected(self, self.cursor_row, RowKey(str(self._key(item))), item))

    def _set_hover_cursor(self, active: bool) -> None:
        """No hover cursor; stock would repaint its row on each key."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("Rows are drawn from a sequence and have no cells of their own: call show()")

    add_row = add_rows = remove_row = update_cell = update_cell_at = sort = clear = _refuse
    add_column = add_columns = remove_column = _refuse
    get_cell = get_cell_at = get_row = get_row_at = get_column = get_column_at = _refuse
