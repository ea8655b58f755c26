"""The places used last come back as they were left; those before them make room."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from artifact_tui.screens.contents.screen import ContentsScreen
from artifact_tui.screens.places import MOST_PLACES
from tests.ui.program import KESTREL, Keyboard, Program, open_with_keys, says

MARKED, OPENED, LOOKED_AT = 4, 5, 6
"""Rows of workflow runs, of which the first two have artifacts."""


def asked(program: Program) -> list[str]:
    """The lists of artifacts that the server was asked for since the last look, each once."""
    paths = [request.path for request in program.server.requests if request.path.endswith("/artifacts")]
    paths = [*dict.fromkeys(paths)]
    program.server.requests.clear()
    return paths


async def go_to_run(pilot: Pilot[int], number: int) -> None:
    """Open a workflow run by its row."""
    await Keyboard(pilot.app).press("2", "g", *["j"] * number, "enter")
    await open_with_keys(pilot)


@pytest.mark.slow
async def test_the_oldest_places_are_loaded_anew_unless_work_would_be_lost() -> None:
    """One run has a mark, an artifact of another is looked into, and a third was only looked at."""
    program = Program(KESTREL)
    async with program.running() as pilot:
        await go_to_run(pilot, MARKED)
        await open_with_keys(pilot, "space")
        await go_to_run(pilot, OPENED)
        await open_with_keys(pilot, "enter")
        for number in range(LOOKED_AT, LOOKED_AT + MOST_PLACES):
            await go_to_run(pilot, number)
        assert len(asked(program)) == MOST_PLACES + 2
        assert len(program.app._screen_stacks) == MOST_PLACES + 2
        await go_to_run(pilot, LOOKED_AT + MOST_PLACES - 1)
        await go_to_run(pilot, MARKED)
        await says(pilot, "1 marked")
        await go_to_run(pilot, OPENED)
        assert isinstance(program.app.screen, ContentsScreen)
        assert asked(program) == []
        await go_to_run(pilot, LOOKED_AT)
        assert len(asked(program)) == 1
