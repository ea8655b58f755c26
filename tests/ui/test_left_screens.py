"""A screen that is left while its list is on its way is left for good, at whatever moment the answer comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from textual import work

from artifact_tui.domain.provider import Provider
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.session import Session
from artifact_tui.widgets.row_table import RowTable
from tests.slow_cases import slow_but
from tests.ui.program import RECORDER, Program, until

if TYPE_CHECKING:
    from textual.widget import Widget

MOMENTS = 60
"""Turns of the event loop that a screen takes to go, and some more."""


class SlowScreen(ListScreen):
    """Its answer comes when the test says so; it then looks for its table, as every list does."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Slow")
        self.answer = asyncio.Event()
        self.is_asked = False

    def compose_body(self) -> Iterable[Widget]:
        """A table."""
        yield RowTable[str]((), key=lambda row: row)

    async def fetch(self, provider: Provider) -> None:
        """Wait, and show what has come."""
        self.look_beside()
        self.is_asked = True
        await self.answer.wait()
        self.update_rows()

    @work
    async def look_beside(self) -> None:
        """A worker of the screen's own."""
        await self.answer.wait()
        self.update_rows()

    def update_rows(self) -> None:
        """Needs all of the screen."""
        self.table.show([])
        self.title_bar.summary = "here"


@pytest.mark.parametrize("again", slow_but(1, [True, False]), ids=["loading again", "loading"])
@pytest.mark.parametrize("every", slow_but(1, [4, 1]))
async def test_an_answer_that_comes_while_its_screen_is_taken_away_shows_nothing(again: bool, every: int) -> None:
    program = Program(RECORDER)
    async with program.running() as pilot:
        for moments in range(0, MOMENTS, every):
            screen = SlowScreen(program.app.session)
            await program.app.push_screen(screen)
            await until(pilot, lambda screen=screen: screen.is_asked)  # type: ignore[misc]  # bound at once
            leaving = program.app.pop_screen()
            for _ in range(moments):
                await asyncio.sleep(0)
            if again:
                screen.load()
            screen.answer.set()
            await leaving
            await pilot.pause(0)
        assert program.app.screen.is_current
