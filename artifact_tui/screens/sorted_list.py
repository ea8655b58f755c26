"""A list that the user sorts: by keys, by a click on a header, or in a menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import on, work

from artifact_tui.screens.dialogs.question import SortDialog
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable


class SortedList(ListScreen):
    """A list screen with an order that the user chooses."""

    @property
    def sort_columns(self) -> Sequence[Column[Any]]:
        """The columns that the menu offers."""
        raise NotImplementedError

    def action_sort_by(self, column: str) -> None:
        """Sort by a column; press again to reverse."""
        raise NotImplementedError

    @on(RowTable.HeaderSelected)
    def _header_clicked(self, event: RowTable.HeaderSelected) -> None:
        self.action_sort_by(str(event.column_key.value))

    @work(group="sort")
    async def action_sort(self) -> None:
        """Ask which column to sort by."""
        if column := await self.app.push_screen_wait(SortDialog(self.sort_columns, self.table.sorted_by)):
            self.action_sort_by(column)
