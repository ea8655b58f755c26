"""An app that is nothing but a list, for the tests of the table."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import DataTable

from artifact_tui.widgets.row_layout import Cell, Column
from artifact_tui.widgets.row_lines import CURSOR
from artifact_tui.widgets.row_table import RowTable

COLUMNS = (
    Column[Any]("name", "Name", 20, cell=itemgetter(0), flexible=True),
    Column[Any]("size", "Size", 9, cell=itemgetter(1), justify="right"),
    Column[Any]("age", "Created", 12, cell=itemgetter(2), priority=1),
    Column[Any]("branch", "Branch", 16, cell=itemgetter(3), priority=2),
)


def texts(number: int) -> Sequence[str | Cell]:
    return [f"artifact {number}", f"{number} kB", "2 days ago", "main"]


class Shown(App[None]):
    """A list of numbers, and what it says about them."""

    BINDINGS = [Binding("left", "note_left")]

    def __init__(
        self,
        items: Sequence[int] = (),
        cells: Callable[[int], Sequence[str | Cell]] = texts,
        placeholder: str = "",
        cursor: int | None = None,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.table: RowTable[int] = RowTable(COLUMNS, key=lambda number: number, row=cells, placeholder=placeholder)
        self.first = items, cursor
        self.said: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.show(*self.first)

    @on(DataTable.RowHighlighted)
    def note_highlight(self, event: RowTable.RowHighlighted) -> None:
        self.said.append(("highlighted", event.item))

    def on_data_table_row_selected(self, event: RowTable.RowSelected) -> None:
        self.said.append(("selected", event.item))

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        self.said.append(("header", event.column_key.value))

    def action_note_left(self) -> None:
        self.said.append(("left", None))

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]

    @property
    def cursor_line(self) -> str:
        return next(line for line in self.lines if line.startswith(CURSOR))
