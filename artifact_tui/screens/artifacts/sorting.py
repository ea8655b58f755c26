"""Sorting of artifacts by key, menu or a click on a header."""

from __future__ import annotations

from textual import on

from artifact_tui.screens.artifact_columns import sort_choices
from artifact_tui.screens.artifacts.detailed import DetailedScreen
from artifact_tui.widgets.row_table import RowTable


class SortingScreen(DetailedScreen):
    """A screen whose order is part of its query."""

    def update_rows(self, *, filtered: bool = False, sorted_anew: bool = False) -> None:
        """Show the rows; ``sorted_anew`` keeps a cursor on the first row there."""
        raise NotImplementedError

    def action_sort_by(self, column: str) -> None:
        """Sort by a column; again turns it round."""
        self.list.query = self.list.query.sorted_by(column)
        self.update_rows(sorted_anew=True)

    @on(RowTable.HeaderSelected)
    def _header_clicked(self, event: RowTable.HeaderSelected) -> None:
        self.action_sort_by(str(event.column_key.value))

    def action_sort(self) -> None:
        """Offer every column."""
        from artifact_tui.screens.dialogs.question import ChoiceDialog

        self.app.push_screen(ChoiceDialog("Sort by", sort_choices(self.list.query)), self._sort_chosen)

    def _sort_chosen(self, column: str | None) -> None:
        if column is not None:
            self.action_sort_by(column)
