"""News of what is shown costs the lines that look different, and moves nothing under the reader."""

from __future__ import annotations

from typing import NamedTuple

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from artifact_tui.widgets.detail_pane import DetailPane
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable


class Item(NamedTuple):
    """Told apart by its number; ``note`` is not shown."""

    number: int
    text: str
    note: str = ""


class Table(App[None]):
    """A table that counts the rows it draws."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[int] = []
        columns = (Column("text", "Text", 20, cell=self.cell),)
        self.table = RowTable[Item](columns, key=lambda item: item.number)

    def cell(self, item: Item) -> str:
        self.drawn.append(item.number)
        return item.text

    def compose(self) -> ComposeResult:
        yield self.table


ITEMS = tuple(Item(number, "waiting") for number in range(10))


async def drawn_after(pilot: Pilot[None], app: Table, items: tuple[Item, ...]) -> set[int]:
    await pilot.pause()
    app.drawn.clear()
    app.table.renew(items)
    await pilot.pause()
    return set(app.drawn)


async def test_only_what_has_changed_is_looked_at() -> None:
    """The same object again is the same; one that looks the same is compared and not painted."""
    app = Table()
    async with app.run_test(size=(40, 24)) as pilot:
        app.table.show(ITEMS)
        news = (*ITEMS[:3], Item(3, "done"), *ITEMS[4:])
        assert await drawn_after(pilot, app, news) == {3}
        assert app.table.render_line(4).text.split() == ["done"]
        same = (*news[:5], Item(5, "waiting", "more bytes"), *news[6:])
        assert await drawn_after(pilot, app, same) == {5}
        assert app.drawn.count(5) == 2  # compared, as it was and as it is, and not painted
        assert app.table.current == ITEMS[0]


async def test_other_items_are_shown_as_ever() -> None:
    app = Table()
    async with app.run_test(size=(40, 24)) as pilot:
        app.table.show(ITEMS, cursor=2)
        assert await drawn_after(pilot, app, ITEMS[1:]) == set(range(1, 10))
        assert app.table.current == ITEMS[2]


class Pane(App[None]):
    """Details alone."""

    CSS = "DetailPane { height: 4; }"

    def compose(self) -> ComposeResult:
        yield DetailPane()


async def test_the_reader_of_details_stays_where_he_is() -> None:
    """Until they are those of something else."""
    app = Pane()
    async with app.run_test(size=(40, 10)) as pilot:
        pane = app.query_one(DetailPane)
        pane.show(tuple((f"Field {number}", "before") for number in range(9)), 1)
        await pilot.pause()
        pane.scroll_to(y=3, animate=False, immediate=True)
        await pilot.pause()
        pane.show(tuple((f"Field {number}", "now, and longer than it was") for number in range(9)), 1)
        await pilot.pause()
        assert pane.scroll_offset.y == 3
        pane.show((("Other", "thing"),) * 9, 2)
        await pilot.pause()
        assert pane.scroll_offset.y == 0
