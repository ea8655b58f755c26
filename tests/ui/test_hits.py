"""Where in the window a hit is shown: in its upper third, with what follows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from artifact_tui.widgets.line_table import LineRow
from tests.slow_cases import slow_but
from tests.ui.program import Program, until
from tests.ui.test_contents import look_inside, press, typed
from tests.ui.test_inside import made_of

LINES = 200
HITS = (60, 120, 180)
LOG = "".join(
    f"##[error]it broke here, needle {number}\n" if number in HITS else f"line {number}\n"
    for number in range(1, LINES + 1)
).encode()


def place_of_hit(program: Program) -> tuple[int, int, int]:
    """The line under the cursor, its row in the window, and the rows that the window has."""
    table = program.screen.table
    row = table.current
    assert isinstance(row, LineRow)
    return row.line, table.cursor_row - table.scroll_offset.y, table.scrollable_content_region.height


def in_upper_third(program: Program, line: int) -> Callable[[], bool]:
    def true() -> bool:
        here, row, height = place_of_hit(program)
        return here == line and 0 <= row < height / 3

    return true


@pytest.mark.parametrize(
    ("first", "then", "lines"),
    [
        (("e",), "e", (60, 120, 180, 60)),
        (typed("needle"), "n", (60, 120, 180, 60)),
        (("slash", *"needle"), "", (60,)),
        ((*typed("needle"), "n", "n"), "N", (180, 120, 60, 180)),
    ],
    ids=["errors", "next", "while typed", "previous"],
)
@pytest.mark.parametrize(("width", "height"), slow_but(1, [(50, 15), (80, 24)]), ids=["50x15", "80x24"])
async def test_a_hit_lands_in_the_upper_third(
    first: tuple[str, ...], then: str, lines: tuple[int, ...], width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, place = made_of(monkeypatch, {"job.log": LOG})
    async with program.running(size=(width, height)) as pilot:
        await look_inside(pilot, place, ("enter",), first)
        for line in lines:
            await until(pilot, in_upper_third(program, line))
            await press(pilot, (then,) if then else ())


async def at_the_end(pilot: Pilot[Any], program: Program) -> None:
    table = program.screen.table
    await until(pilot, lambda: table.scroll_offset.y == table.max_scroll_y > 0)


async def test_a_hit_near_the_end_of_the_file_is_as_high_as_the_file_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    log = b"line\n" * 100 + b"##[error]it broke\n" + b"line\n" * 3
    program, place = made_of(monkeypatch, {"job.log": log})
    async with program.running() as pilot:
        await look_inside(pilot, place, ("enter", "e"))
        await until(pilot, lambda: place_of_hit(program)[0] == 101)
        await at_the_end(pilot, program)


async def test_a_hit_near_the_start_of_the_file_leaves_the_start_in_view(monkeypatch: pytest.MonkeyPatch) -> None:
    program, place = made_of(monkeypatch, {"job.log": b"line\n" * 2 + b"##[error]it broke\n" + b"line\n" * 100})
    async with program.running() as pilot:
        await look_inside(pilot, place, ("enter", "e"))
        await until(pilot, in_upper_third(program, 3))
        assert program.screen.table.scroll_offset.y == 0


async def test_in_a_folded_line_the_row_with_the_words_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    program, place = made_of(monkeypatch, {"job.log": b"short\n" + b"word " * 2000 + b"needle " + b"word " * 2000})
    async with program.running() as pilot:
        await look_inside(pilot, place, ("enter",), typed("needle"))
        await until(pilot, in_upper_third(program, 2))
        row = program.screen.table.current
        assert isinstance(row, LineRow)
        assert "needle" in row.text
