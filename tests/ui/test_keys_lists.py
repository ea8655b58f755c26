"""What each key does in every list: moving, opening, going back, filtering."""

from __future__ import annotations

import pytest

from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.repositories import RepositoriesScreen
from artifact_tui.screens.runs import RunsScreen
from artifact_tui.widgets.detail_pane import DetailPane
from artifact_tui.widgets.row_table import RowTable
from tests.ui.each_key import each_key_of
from tests.ui.program import RECORDER, Program, open_with_keys, says

LAST = 57


def row_of(program: Program) -> int:
    return program.screen.table.cursor_row


def page_of(program: Program) -> int:
    """How many rows can be seen."""
    return program.screen.table.scrollable_content_region.height - 1


@pytest.fixture
def program() -> Program:
    return Program(RECORDER)


@each_key_of("table.down")
async def test_down(program: Program, key: str) -> None:
    async with program.running("3") as pilot:
        await pilot.press(key, key)
        assert row_of(program) == 2


@each_key_of("table.up")
async def test_up(program: Program, key: str) -> None:
    async with program.running("3", "j", "j") as pilot:
        await pilot.press(key)
        assert row_of(program) == 1


@each_key_of("table.last")
async def test_last(program: Program, key: str) -> None:
    async with program.running("3") as pilot:
        await pilot.press(key)
        assert row_of(program) == LAST


@each_key_of("table.first")
async def test_first(program: Program, key: str) -> None:
    async with program.running("3", "G") as pilot:
        await pilot.press(key)
        assert row_of(program) == 0


@each_key_of("table.page_down")
async def test_page_down(program: Program, key: str) -> None:
    async with program.running("3") as pilot:
        await pilot.press(key)
        assert row_of(program) == page_of(program)


@each_key_of("table.page_up")
async def test_page_up(program: Program, key: str) -> None:
    async with program.running("3", "G") as pilot:
        await pilot.press(key)
        assert row_of(program) == LAST - page_of(program)


@each_key_of("table.half_page_down")
async def test_half_page_down(program: Program, key: str) -> None:
    async with program.running("3") as pilot:
        await pilot.press(key)
        assert row_of(program) == page_of(program) // 2


@each_key_of("table.half_page_up")
async def test_half_page_up(program: Program, key: str) -> None:
    async with program.running("3", "G") as pilot:
        await pilot.press(key)
        assert row_of(program) == LAST - page_of(program) // 2


@each_key_of("table.open")
async def test_open(program: Program, key: str) -> None:
    """A run leads to its artifacts."""
    async with program.running("j") as pilot:
        await open_with_keys(pilot, key)
        assert program.screen.trail == (RECORDER, "CI #46")
        assert program.summary == "2 artifacts · 534 kB"


@each_key_of("list.back")
async def test_back_leaves_the_screen(program: Program, key: str) -> None:
    """From the artifacts of a run to the runs, then to the repositories; there it says how to quit."""
    async with program.running("enter") as pilot:
        await open_with_keys(pilot, key)
        assert isinstance(program.screen, RunsScreen)
        await open_with_keys(pilot, key)
        assert isinstance(program.screen, RepositoriesScreen)
        await open_with_keys(pilot, key)
        await says(pilot, "Already at the top level. q quits.")


async def test_escape_peels_one_thing_at_a_time(program: Program) -> None:
    """Dialog, filter, marks, screen."""
    async with program.running("3", "space", "slash", *"cover", "enter", "d") as pilot:
        assert "Download 1 artifact" in program.text
        await open_with_keys(pilot, "escape")
        assert program.summary.startswith("1 marked")
        assert program.screen.filter_bar.text == "cover"
        await pilot.press("escape")
        assert (program.screen.filter_bar.text, program.screen.filter_bar.display) == ("", False)
        assert program.summary.startswith("1 marked")
        await pilot.press("escape")
        assert program.summary == "58 artifacts · 6.9 MB"
        assert isinstance(program.screen, ArtifactsScreen)
        await open_with_keys(pilot, "escape")
        assert isinstance(program.screen, RunsScreen)


@each_key_of("list.filter")
async def test_filter(program: Program, key: str) -> None:
    async with program.running("3", key, *"cover") as pilot:
        assert program.summary.startswith("29 of 58 artifacts")
        await pilot.press("enter", "j")
        assert (row_of(program), program.screen.filter_bar.text) == (1, "cover")


@each_key_of("list.down")
async def test_down_while_a_filter_is_typed(program: Program, key: str) -> None:
    async with program.running("3", "slash", "c", key, key):
        assert (row_of(program), program.screen.filter_bar.active) == (2, True)


@each_key_of("list.up")
async def test_up_while_a_filter_is_typed(program: Program, key: str) -> None:
    async with program.running("3", "slash", "c", "down", "down", key):
        assert (row_of(program), program.screen.filter_bar.active) == (1, True)


@each_key_of("list.refresh")
async def test_refresh(program: Program, key: str) -> None:
    async with program.running("3") as pilot:
        before = len(program.server.requests)
        program.server.store.delete_artifact(program.screen.table.items[-1].id)
        await open_with_keys(pilot, key)
        assert program.summary.startswith("57 artifacts")
        assert len(program.server.requests) > before


@each_key_of("list.pane")
async def test_pane(program: Program, key: str) -> None:
    """To the details, where the arrow keys scroll, and back to the list."""
    async with program.running("3", key) as pilot:
        assert isinstance(program.app.focused, DetailPane)
        await pilot.press("down")
        assert (row_of(program), program.app.focused.scroll_target_y) == (0, 1)
        await pilot.press(key)
        assert isinstance(program.app.focused, RowTable)


@each_key_of("filter.take")
async def test_take_a_suggestion(program: Program, key: str) -> None:
    """Where nothing is offered, as in the list of artifacts, it goes on to the next pane."""
    async with program.running("slash") as pilot:
        await says(pilot, "Tab CI")
        await pilot.press(key)
        assert (program.screen.filter_bar.text, program.screen.filter_bar.active) == ("CI ", True)
    artifacts = Program(RECORDER)
    async with artifacts.running("3", "slash") as pilot:
        await pilot.press(key)
        assert not artifacts.screen.filter_bar.active
