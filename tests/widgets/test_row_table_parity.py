"""The list beside Textual's own table: the same keys and clicks do the same."""

import asyncio
import re
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from artifact_tui.widgets.row_table import RowTable
from tests.examples import examples
from tests.widgets.shown_list import COLUMNS, texts


class Recording(App[None]):
    """The same list in a stock DataTable, or in ours, and all it says and shows."""

    CSS = "DataTable { height: 1fr; }"

    def __init__(self, table: DataTable[str], fill: Callable[[], None]) -> None:
        super().__init__()
        self.animation_level = "none"
        self.table = table
        self.fill = fill
        self.said: list[tuple[object, ...]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.fill()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self.said.append(("highlighted", event.cursor_row, event.row_key.value))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.said.append(("selected", event.cursor_row, event.row_key.value))

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        self.said.append(("header", event.column_index, event.column_key.value, event.label.plain))

    @property
    def rows(self) -> list[str | None]:
        lines = (self.table.render_line(y).text for y in range(self.table.size.height))
        return [match.group() if (match := re.search(r"artifact \d+|Name", line)) else None for line in lines]


def stock(count: int, header: bool) -> Recording:
    table: DataTable[str] = DataTable(cursor_type="row", show_header=header)

    def fill() -> None:
        table.add_column("Name", width=20, key="name")
        table.add_column("Size", width=9, key="size")
        for number in range(count):
            table.add_row(f"artifact {number}", f"{number} kB", key=str(number))

    return Recording(table, fill)


def ours(count: int, header: bool) -> Recording:
    table: RowTable[int] = RowTable(COLUMNS[:2], key=lambda number: number, row=texts, show_header=header)
    return Recording(table, lambda: table.show(range(count)))


acts = st.lists(
    st.sampled_from(["down", "up", "pagedown", "pageup", "home", "end", "enter"]) | st.integers(0, 9), max_size=10
)


async def outcome(app: Recording, acts: list[str | int]) -> list[object]:
    seen: list[object] = []
    async with app.run_test(size=(60, 10)) as pilot:
        seen.append(app.rows)
        for act in acts:
            await perform(pilot, app, act)
            seen.append((app.rows, app.table.cursor_row, app.table.row_count, app.table.scroll_offset.y))
    return [*seen, app.said]


async def perform(pilot: Pilot[None], app: Recording, act: str | int) -> None:
    if isinstance(act, int):
        await pilot.click(app.table, offset=(5, act))
    elif act not in ("home", "end") or isinstance(app.table, RowTable):
        await pilot.press(act)
    else:
        # Stock scrolls sideways with these; here lines are never wider than the window.
        await pilot.press(f"ctrl+{act}")
    await pilot.pause()


@settings(deadline=None, max_examples=examples(15))
@given(count=st.sampled_from([1, 3, 8, 9, 40]), header=st.booleans(), acts=acts)
async def test_keys_and_clicks_do_what_they_do_in_the_stock_table(
    count: int, header: bool, acts: list[str | int]
) -> None:
    mine, theirs = await asyncio.gather(outcome(ours(count, header), acts), outcome(stock(count, header), acts))
    assert mine == theirs
