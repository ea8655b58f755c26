"""A screen that is left takes its work with it, at whatever moment that is."""

from __future__ import annotations

import asyncio

import pytest
from textual.css.query import NoMatches

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.screens.contents.screen import ContentsScreen
from artifact_tui.screens.deletion.review import ReviewScreen
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.transfers.deletions.models import DeletePlan
from tests.slow_cases import slow_but
from tests.ui.program import RECORDER, Keyboard, Program, open_with_keys

MOMENTS = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55)
"""Turns of the event loop between two steps."""


def screen_of(program: Program, kind: str) -> ListScreen:
    """One that is opened over a list, of its first artifact."""
    repository = RepositoryName.parse(RECORDER)
    artifact = program.screen.table.current
    assert repository is not None
    assert isinstance(artifact, Artifact)
    if kind == "contents":
        return ContentsScreen(program.app.session, repository, artifact)
    return ReviewScreen(program.app.session, DeletePlan.of(repository, (artifact,)), (), 1)


@pytest.mark.parametrize("kind", slow_but(1, ["contents", "review"]))
async def test_a_screen_is_left_while_it_opens_and_while_it_loads(kind: str) -> None:
    """An answer that comes while its widgets go has nowhere to be shown; the program goes on."""
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        for moment in MOMENTS:
            screen = screen_of(program, kind)
            program.app.push_screen(screen)
            await turn(moment)
            program.app.pop_screen()
            await turn(moment % 7)
            screen.load()
            await pilot.pause()
        assert program.app.return_code in {None, 0}
        assert program.app.is_running
        assert len(program.app.screen_stack) == 1


@pytest.mark.parametrize("every", slow_but(1, [12, 4]))
@pytest.mark.parametrize("kind", slow_but(1, ["artifacts", "contents"]))
async def test_the_program_is_ended_while_it_loads(kind: str, every: int) -> None:
    """Its screens go one widget after the other, and an answer that comes in between is no crash."""
    for moment in range(0, 60, every):
        program = Program(RECORDER)
        async with program.app.run_test():
            pilot = Keyboard(program.app)
            await open_with_keys(pilot, "3", *(["enter"] if kind == "contents" else []))
            screen = program.screen
            screen.run_worker(answered(screen, moment))
        assert program.app.return_code in {None, 0}


async def answered(screen: ListScreen, moment: int) -> None:
    """What a list does with its answer."""
    await turn(moment)
    screen.update_rows()


async def turn(times: int) -> None:
    """Let the event loop go on so often."""
    for _ in range(times):
        await asyncio.sleep(0)


async def test_what_was_never_there_is_an_error_still() -> None:
    """Only what is being removed may miss its widgets."""

    async def look() -> None:
        program = Program(RECORDER)
        async with program.running("3"):
            program.screen.call_later(program.screen.query_one, "#nowhere")
            await turn(100)

    with pytest.raises(NoMatches):
        await look()
