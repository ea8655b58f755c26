"""Keys take effect one after the other, however close together they come."""

from __future__ import annotations

import asyncio
from functools import partial

from textual.widgets import Input

from artifact_tui.widgets.row_table import RowTable
from tests.ui.program import KESTREL, RECORDER, Program, says, send, until


def is_at(program: Program, row: int) -> bool:
    """Whether a list is on top, with its cursor there."""
    return len(program.app.screen_stack) == 1 and program.screen.table.cursor_row == row


async def test_a_burst_acts_in_order() -> None:
    """The six wheels of a release by keys typed blindly: nothing else is opened, marked, sorted or sent."""
    program = Program(KESTREL, run=27674836804)
    async with program.running() as pilot:
        await until(pilot, lambda: program.summary.startswith("8 artifacts"))
        asked = len(program.server.requests)
        send(program.app, "slash", *"wheel", "minus", "enter", *"ad")
        await says(pilot, "Download 6 artifacts")
        assert program.text.count("wheel-cp311") >= 6
        assert len(program.server.requests) == asked


async def test_a_key_that_comes_a_moment_later_waits_for_the_one_before() -> None:
    """Whenever the word arrives after the slash, no letter of it is lost or taken for a command."""
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        for moments in range(40):
            send(program.app, "slash")
            for _ in range(moments):
                await asyncio.sleep(0)
            send(program.app, *"dart")
            await until(pilot, lambda: program.screen.filter_bar.text == "dart")
            await pilot.press("escape")
        assert program.summary == "58 artifacts · 6.9 MB"
        assert isinstance(program.app.focused, RowTable)


async def test_escape_right_after_a_key_that_opens_a_dialog_closes_it() -> None:
    """It never leaves the list instead."""
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        for row in range(1, 20):
            send(program.app, "D")
            for _ in range(row):
                await asyncio.sleep(0)
            send(program.app, "escape", "j")
            await until(pilot, partial(is_at, program, row))
        assert program.screen.trail == (RECORDER, "All artifacts")


async def test_a_key_right_after_the_one_that_opens_a_long_text_scrolls_it() -> None:
    """Although nobody knew yet how long it is."""
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        for _ in range(5):
            send(program.app, "question_mark", "G")
            await says(pilot, "@octocat")
            await pilot.press("escape")


async def test_letters_typed_at_once_filter_once() -> None:
    """The terms that they make on the way are not read, let alone called wrong."""
    program = Program(KESTREL)
    async with program.running("3") as pilot:
        problems: list[str] = []
        program.screen.watch(
            program.screen.filter_bar, "problem", lambda problem: problems.append(problem[0]), init=False
        )
        send(program.app, "slash", *"size>1M")
        await until(pilot, lambda: " of 706 artifacts" in program.summary)
        assert program.screen.filter_bar.text == "size>1M"
        assert problems == []


async def test_a_dialog_in_the_middle_of_a_word_leaves_no_letter_unapplied() -> None:
    """The next letter went to the dialog, so it cannot apply the one before."""
    program = Program(KESTREL)
    async with program.running("3", "slash") as pilot:
        line = program.screen.query_one(Input)
        program.screen.watch(line, "value", lambda: program.app.action_help(), init=False)
        send(program.app, "w", "j")
        await says(pilot, "Keys")
        await pilot.press("escape")
        assert program.screen.filter_bar.text == "w"
        assert " of 706 artifacts" in program.summary
