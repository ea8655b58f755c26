"""What 100,000 rows cost in our table and in Textual's, side by side.

    python -m tests.benchmarks.row_table [--rows 100000] [--stock-rows 100000] [--size 80x24]

Each figure is the processor time from the call or key until the app is idle again, painting included, in
one process whose driver counts the bytes instead of sending them. Both tables run the same steps on the same
items; the stock table sorts its texts by its own sort().
"""

import argparse
import asyncio
import gc
import os
import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from functools import partial
from operator import attrgetter

from textual import events
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot
from textual.widgets import DataTable

from artifact_tui.widgets.column_shares import text_of
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable

WORD = "wheel"
KEYS = 20


@dataclass(frozen=True, slots=True)
class Item:
    id: int
    name: str
    size: int
    created: int
    expires: int
    branch: str
    run: int
    state: str


# Widths that both tables can show whole in 80 cells, each with its own margins.
COLUMNS = (
    Column[Item]("name", "Name", 12, cell=lambda item: item.name, flexible=True),
    Column[Item]("size", "Size", 9, cell=lambda item: f"{item.size / 1e6:.1f} MB", justify="right"),
    Column[Item]("created", "Created", 7, cell=lambda item: f"{item.created}h", justify="right"),
    Column[Item]("expires", "Expires", 7, cell=lambda item: f"{item.expires}d", justify="right"),
    Column[Item]("branch", "Branch", 6, cell=lambda item: item.branch),
    Column[Item]("run", "Run", 6, cell=lambda item: str(item.run), justify="right"),
    Column[Item]("state", "State", 7, cell=lambda item: item.state),
    Column[Item]("id", "Id", 6, cell=lambda item: str(item.id), justify="right"),
)
ORDER = [column.id for column in COLUMNS]


def items(count: int) -> list[Item]:
    dice = random.Random(7)
    kinds = ["wheel-linux", "wheel-macos", "coverage", "logs", "junit", "docs", "sdist", "image"]
    return [
        Item(
            id=number,
            name=f"{dice.choice(kinds)}-{dice.randrange(10**6)}",
            size=dice.randrange(10**9),
            created=dice.randrange(10**4),
            expires=dice.randrange(90),
            branch=dice.choice(["main", "next", "fix-ci"]),
            run=dice.randrange(10**5),
            state=dice.choice(["ok", "expired"]),
        )
        for number in range(count)
    ]


def cells(item: Item) -> list[str]:
    return [text_of(column.cell(item)) for column in COLUMNS]


class CountingDriver(HeadlessDriver):
    """A terminal that takes everything and adds up its length."""

    sent = 0

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        CountingDriver.sent += len(data.encode())


class Bench(App[None]):
    CSS = "DataTable { height: 1fr; }"


@dataclass(slots=True)
class Cost:
    """Processor milliseconds, and bytes for the terminal."""

    work: float
    bytes: float


class Meter:
    """Runs steps in a living app and says what each took."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot

    async def cost(self, step: Callable[[], object], times: int = 1) -> Cost:
        """The cost of one step, as the median of several."""
        costs = [await self._once(step) for _ in range(times)]
        return Cost(statistics.median(cost.work for cost in costs), statistics.median(cost.bytes for cost in costs))

    async def _once(self, step: Callable[[], object]) -> Cost:
        gc.collect()
        sent, start = CountingDriver.sent, time.process_time()
        result = step()
        if isinstance(result, Awaitable):
            await result
        await self.pilot.pause()
        await self.pilot.pause()
        return Cost((time.process_time() - start) * 1000, CountingDriver.sent - sent)

    async def keys(self, key: str, times: int) -> Cost:
        """The cost of a key, as the median of several presses."""
        app = self.pilot.app
        return await self.cost(lambda: app.post_message(events.Key(key, None)), times)


@asynccontextmanager
async def running(size: tuple[int, int]) -> AsyncIterator[Meter]:
    app = Bench(driver_class=CountingDriver)
    app.animation_level = "none"
    async with app.run_test(headless=False, size=size) as pilot:
        await pilot.pause()
        yield Meter(pilot)


async def measure_ours(rows: list[Item], size: tuple[int, int]) -> dict[str, Cost]:
    async with running(size) as meter:
        table: RowTable[Item] = RowTable(COLUMNS, key=attrgetter("id"))
        costs = {"shown": await meter.cost(lambda: mount(meter, table, lambda: table.show(rows)))}
        table.focus()
        costs |= await keys(meter, table)
        for column in ORDER:
            step = partial(show_sorted, table, rows, column)
            costs[f"sort by {column}"] = await meter.cost(step, 3)
        table.show(rows)
        costs["filter"] = await meter.cost(lambda: table.show([i for i in rows if WORD in i.name]), 3)
        costs["unfilter"] = await meter.cost(lambda: table.show(rows))
        return costs


async def measure_stock(rows: list[Item], size: tuple[int, int]) -> dict[str, Cost]:
    """The stock table has no filter: other rows are shown by clearing it and adding them."""
    async with running(size) as meter:
        table: DataTable[str] = DataTable(cursor_type="row")

        def fill(shown: Sequence[Item]) -> None:
            table.clear()
            for item in shown:
                table.add_row(*cells(item), key=str(item.id))

        def first() -> None:
            for column in COLUMNS:
                table.add_column(column.label, width=column.width, key=column.id)
            fill(rows)

        costs = {"shown": await meter.cost(lambda: mount(meter, table, first))}
        table.focus()
        costs |= await keys(meter, table)
        for column in ORDER:
            costs[f"sort by {column}"] = await meter.cost(partial(table.sort, column))
        costs["filter"] = await meter.cost(lambda: fill([i for i in rows if WORD in i.name]))
        costs["unfilter"] = await meter.cost(lambda: fill(rows))
        return costs


def show_sorted(table: RowTable[Item], rows: list[Item], column: str) -> None:
    table.show(sorted(rows, key=attrgetter(column)))


async def mount(meter: Meter, table: DataTable[str], fill: Callable[[], None]) -> None:
    await meter.pilot.app.screen.mount(table)
    fill()


async def keys(meter: Meter, table: DataTable[str]) -> dict[str, Cost]:
    """Keys in the middle of the list: at the last line of the window, where each scrolls, then above it."""
    table.move_cursor(row=table.row_count // 3)
    await meter.pilot.pause()
    return {
        "scrolling key": await meter.keys("down", KEYS),
        "cursor key": await meter.keys("up", KEYS),
        "page key": await meter.keys("pagedown", KEYS),
    }


def report(ours: dict[str, Cost], stock: dict[str, Cost]) -> None:
    print(f"{'':18}{'RowTable':>20}{'DataTable':>22}{'ratio':>9}")
    for step, cost in ours.items():
        other = stock[step]
        print(
            f"{step:18}{cost.work:9.1f} ms {cost.bytes:6.0f} B"
            f"{other.work:11.1f} ms {other.bytes:6.0f} B{cost.work / other.work:9.4f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--stock-rows", type=int, help="fewer rows for the stock table, which takes its time")
    parser.add_argument("--size", default="80x24")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    os.environ["COLORTERM"] = "truecolor"
    rows = items(options.rows)
    few = rows[: options.stock_rows or options.rows]
    print(f"{len(rows):,} rows of {len(fields(Item))} columns, {options.size}; stock with {len(few):,}")
    report(asyncio.run(measure_ours(rows, (width, height))), asyncio.run(measure_stock(few, (width, height))))


if __name__ == "__main__":
    main()
