"""Footers, details, toasts and labels: nothing is offered that does nothing, and nothing is cut or covered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, Static
from textual.widgets._toast import Toast
from textual.widgets._toggle_button import ToggleButton

from artifact_tui.demo.flavors import GITHUB_UNTIL_SEPTEMBER
from artifact_tui.widgets.detail_pane import DetailPane
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import KeyLine, StatusBar
from tests.slow_cases import slow_but
from tests.ui.places import PLACES, press, walk
from tests.ui.program import EMPTY, KESTREL, RECORDER, Program, is_drawn, open_with_keys, says, until

BOX = 4
"""Cells of the box of a toggle and the blank after it."""


def footer(program: Program) -> str:
    return str(program.screen.query_one(KeyLine).render())


def is_shown(widget: Widget) -> bool:
    return all(one.display for one in widget.ancestors_with_self if isinstance(one, Widget))


async def test_an_empty_list_offers_no_key_that_needs_a_row() -> None:
    program = Program(EMPTY)
    async with program.running("3", size=(140, 24)) as pilot:
        await until(pilot, lambda: "Download" not in footer(program))
        assert not [word for word in ("Open", "Mark", "Delete", "Sort", "Policies") if word in footer(program)]


async def test_a_place_offers_no_key_that_leads_to_itself() -> None:
    program = Program(RECORDER)
    async with program.running("3", size=(160, 24)) as pilot:
        await until(pilot, lambda: "All artifacts" not in footer(program))
        assert "Transfers" in footer(program)
        await pilot.press("w")
        await until(pilot, lambda: "Transfers" not in footer(program))


async def test_a_list_that_could_not_be_loaded_offers_to_retry() -> None:
    program = Program(RECORDER, token="wrong-token-of-nobody")
    async with program.running() as pilot:
        await until(pilot, lambda: "r Retry" in footer(program))


async def test_the_account_gives_way_to_what_is_under_way(tmp_path: Path) -> None:
    """In a narrow window the two would run into each other."""
    program = Program(RECORDER, directory=tmp_path)
    program.server.fault("GET blob:*", stall_at=1000, times=99)
    async with program.running("3", "d", "enter", size=(34, 10)) as pilot:
        status = program.screen.query_one(StatusBar)
        await until(pilot, lambda: "1 transfer" in str(status.render()))
        assert "mira-holm" not in str(status.render())
        await pilot.resize_terminal(120, 30)
        await until(pilot, lambda: "mira-holm" in str(status.render()))


async def test_details_name_no_repository_by_its_number() -> None:
    program = Program(KESTREL)
    async with program.running("3", size=(160, 50)) as pilot:
        await until(pilot, lambda: dict(program.screen.query_one(DetailPane).fields).get("Built from"))
        fields = dict(program.screen.query_one(DetailPane).fields)
        assert fields["Built from"] in {"this repository", "a fork"}
        assert not [value for value in fields.values() if value.startswith("repository ")]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 40)])
async def test_a_toast_covers_no_details(size: tuple[int, int]) -> None:
    program = Program(RECORDER)
    async with program.running("3", size=size) as pilot:
        program.app.notify("A sentence.", timeout=60)
        await until(pilot, lambda: [one for one in program.app.screen.query(Toast) if one.region.width])
        toast, pane = program.app.screen.query(Toast).first(), program.screen.query_one(DetailPane)
        assert not toast.region.overlaps(pane.region)


@pytest.mark.parametrize("size", [(50, 15), (80, 24)])
@pytest.mark.parametrize("keys", [("D", "enter"), ("O",)], ids=["details", "address"])
async def test_a_toast_covers_neither_a_dialog_nor_the_details_below_it(
    size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    """Also one that was there before the dialog was."""
    program = Program(RECORDER)
    async with program.running("3", size=size) as pilot:
        program.app.notify("A sentence that may take two lines where the terminal is narrow.", timeout=60)
        await open_with_keys(pilot, *keys)
        screens = program.app.screen_stack
        await until(pilot, lambda: [one for one in screens[-1].query(Toast) if one.region.width])
        toasts = [toast.region for each in screens for toast in each.query(Toast) if is_shown(toast)]
        read = [one for each in screens for one in (*each.query(DetailPane), *each.query(".dialog")) if is_shown(one)]
        assert toasts
        assert read
        assert not [one for one in read for toast in toasts if toast.overlaps(one.region)]


UNCUT = slow_but(2, ["copied", "commands", *sorted(PLACES.keys() - {"copied", "commands"})])


def cut_texts(screen: Screen[Any]) -> list[str]:
    """The buttons and texts of a screen or dialog that have less room than they need."""
    found = list[str]()
    for one in (*screen.query(Button), *screen.query(ToggleButton)):
        needed = cell_len(str(one.label)) + (BOX if isinstance(one, ToggleButton) else 0)
        if one.region and needed > one.content_size.width:
            found.append(str(one.label))
    for text in screen.query(Static):
        size = text.content_size
        if text.region and text.get_content_height(size, screen.size, size.width) > size.height:
            found.append(str(text.render()))
    return found


@pytest.mark.parametrize("name", UNCUT)
async def test_no_label_button_or_hint_is_cut_in_a_small_terminal(name: str, tmp_path: Path) -> None:
    place = PLACES[name]
    program = await place.program(tmp_path)
    async with program.running(size=place.size) as pilot:
        await walk(pilot, *place.way)
        await press(pilot, place.opening)
        await until(pilot, lambda: type(program.app.screen) is place.opens and is_drawn(program.app))
        program.app.notify("A sentence that is longer than fifty cells takes two lines.", timeout=60)
        await pilot.resize_terminal(50, 15)
        await until(pilot, lambda: program.app.screen.size.width == 50)
        await until(pilot, lambda: [one for one in program.app.screen.query(Toast) if one.region])
        assert cut_texts(program.app.screen) == []
        if name == "commands":
            await says(pilot, "Mark this artifact and")
            assert "…" not in program.text


async def test_the_cursor_of_the_palette_goes_from_command_to_command() -> None:
    """One that takes two lines is one step, and Enter runs it from its first one."""
    program = Program(RECORDER)
    async with program.running("3", "colon", size=(50, 15)) as pilot:
        table: RowTable[Any] = program.app.screen.query_one(RowTable)

        def at() -> tuple[str, int]:
            assert table.current is not None
            return table.current.command.help, table.current.number

        await pilot.press("down")
        assert at() == ("Mark all shown artifacts", 0)
        await pilot.press("up")
        assert at() == ("Mark this artifact and move on", 0)
        await pilot.press("enter")
        await says(pilot, "1 marked")


async def test_the_labels_of_the_download_dialog_are_whole_in_a_small_terminal() -> None:
    program = Program(RECORDER)
    async with program.running("3", "d", size=(50, 15)) as pilot:
        await says(pilot, "unpack zips, each into a new directory", "( ) overwrite", "( ) ask", "Download", "Cancel")


async def test_the_policy_of_what_has_expired_asks_for_no_value() -> None:
    program = Program(KESTREL, flavor=GITHUB_UNTIL_SEPTEMBER)
    async with program.running("3", "K") as pilot:
        value = program.app.screen.query_one("#value", Input)
        assert not value.display
        await pilot.press("down")
        assert value.display
        await pilot.press("up", "enter")
        await until(pilot, lambda: "marked" in program.summary)


async def test_the_first_frame_of_the_details_is_as_wide_as_the_dialog() -> None:
    """A field that fits in one line takes one, from the beginning."""
    program = Program(RECORDER)
    async with program.running("3", size=(80, 15)) as pilot:
        heights: list[int] = []
        await pilot.press("i")
        pane = program.app.screen.query_one(DetailPane)
        program.app.screen.watch(pane, "virtual_size", lambda size: heights.append(size.height), init=True)
        await says(pilot, "Details", "Digest")
        first = next(height for height in heights if height)
        assert first == pane.virtual_size.height


async def test_sorting_with_the_cursor_on_the_first_row_shows_the_top() -> None:
    program = Program(KESTREL)
    async with program.running("3", "s") as pilot:
        table = program.screen.table
        assert (table.cursor_row, table.scroll_offset.y) == (0, 0)
        await pilot.press("j")
        kept = table.current
        await pilot.press("n")
        assert table.current is kept


async def test_sorted_by_size_expired_artifacts_take_nothing() -> None:
    program = Program(KESTREL, flavor=GITHUB_UNTIL_SEPTEMBER)
    async with program.running("3", "s"):
        stored = [0 if one.expired else one.size_in_bytes for one in program.screen.table.items]
        assert stored == sorted(stored, reverse=True)
