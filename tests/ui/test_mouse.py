"""What a click does: sort by a header, mark in the column of marks, press a key of the key line, go to a place."""

from __future__ import annotations

import pytest

from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.help import HelpScreen
from artifact_tui.screens.runs import RunsScreen
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import KeyLine
from artifact_tui.widgets.title_bar import TitleBar
from tests.ui.program import RECORDER, Program, loaded, until


@pytest.mark.parametrize(("label", "order"), [("Size", ("size", True)), ("Name", ("name", False))])
async def test_a_header_sorts(label: str, order: tuple[str, bool]) -> None:
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        x = program.text.split("\n")[1].index(label)
        await pilot.click(RowTable, offset=(x, 0))
        await until(pilot, lambda: program.screen.table.sorted_by == order)
        await pilot.click(RowTable, offset=(x, 0))
        await until(pilot, lambda: program.screen.table.sorted_by == (order[0], not order[1]))


async def test_a_header_sorts_the_files_of_an_artifact() -> None:
    program = Program(RECORDER)
    async with program.running("3", "slash", *"go-test", "enter", "enter") as pilot:
        await pilot.click(RowTable, offset=(program.text.split("\n")[1].index("Size"), 0))
        await until(pilot, lambda: program.screen.table.sorted_by == ("size", True))


async def test_the_column_of_marks_marks() -> None:
    """And opens nothing, however often it is clicked."""
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        await pilot.click(RowTable, offset=(1, 4))
        await until(pilot, lambda: len(program.screen.table.marks) == 1)
        assert program.screen.table.cursor_row == 3
        await pilot.click(RowTable, offset=(1, 4))
        await until(pilot, lambda: not program.screen.table.marks)
        assert isinstance(program.screen, ArtifactsScreen)


async def test_a_key_of_the_key_line_is_pressed() -> None:
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        line = program.text.split("\n")[-2]
        await pilot.click(KeyLine, offset=(line.index("Mark"), 0))
        await until(pilot, lambda: len(program.screen.table.marks) == 1)
        await pilot.click(KeyLine, offset=(line.index("? Help"), 0))
        await until(pilot, lambda: isinstance(program.app.screen, HelpScreen))


async def test_a_place_of_the_title_is_gone_to() -> None:
    program = Program(RECORDER)
    async with program.running("3", "slash", *"go-test", "enter", "enter") as pilot:
        await pilot.click(TitleBar, offset=(4, 0))
        await until(pilot, lambda: isinstance(program.app.screen, ArtifactsScreen))
        await pilot.click(TitleBar, offset=(4, 0))
        await until(pilot, lambda: isinstance(program.app.screen, RunsScreen))
        await loaded(pilot)
