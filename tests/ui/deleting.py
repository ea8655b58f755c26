"""From a list to the question whether to delete, and a yes to it, as a person gives it."""

from __future__ import annotations

import asyncio
from time import monotonic

from textual.pilot import Pilot

from artifact_tui.screens.deletion.confirm import ConfirmDialog
from artifact_tui.screens.deletion.review import ReviewScreen
from tests.ui.program import Program, loaded, send, until


def deleted(program: Program) -> list[int]:
    """The ids that the server was told to delete, in order."""
    return [int(path.rpartition("/")[2]) for path in program.sent("DELETE")]


def cursor_id(program: Program) -> int:
    current = program.screen.table.current
    assert current is not None
    return int(current.id)


def review_of(program: Program) -> ReviewScreen:
    assert isinstance(program.app.screen, ReviewScreen)
    return program.app.screen


def question_of(program: Program) -> ConfirmDialog:
    assert isinstance(program.app.screen, ConfirmDialog)
    return program.app.screen


async def review(pilot: Pilot[int], program: Program) -> None:
    """The first key: a frozen plan, and protection looked up."""
    await pilot.press("D")
    await until(pilot, lambda: isinstance(program.app.screen, ReviewScreen))
    await loaded(pilot)


async def ask(pilot: Pilot[int], program: Program) -> None:
    """Both keys that lead to the question."""
    await review(pilot, program)
    await pilot.press("D")
    await until(pilot, lambda: isinstance(program.app.screen, ConfirmDialog))


async def answer(pilot: Pilot[int], program: Program, *keys: str) -> None:
    """Press each of these keys once the question listens, with time between them."""
    question = question_of(program)
    for key in keys:
        await until(pilot, lambda: question.is_listening)
        await pilot.press(key)


async def settled(pilot: Pilot[int], question: ConfirmDialog) -> None:
    """Until it is certain what a key has done."""
    await pilot.pause(0)
    await until(pilot, lambda: not question.is_confirming)
    await pilot.pause(0)


async def confirm(pilot: Pilot[int], program: Program, typed: str = "") -> None:
    """Type the count where it is asked, then the key that deletes; the question is gone after that.

    The keys say that they were typed a second apart, so nothing waits until the question listens.
    """
    question = question_of(program)
    await until(pilot, lambda: question.focused is not None)
    is_drawn = asyncio.Event()
    question.call_after_refresh(is_drawn.set)
    await is_drawn.wait()
    shown = monotonic()
    for seconds, key in enumerate((*typed, "E"), start=1):
        send(program.app, key, time=shown + seconds)
        await program.app.type_ahead.idle()
    await until(pilot, lambda: program.app.screen is not question)


async def delete(pilot: Pilot[int], program: Program, typed: str = "") -> None:
    """All of it, for what is marked or under the cursor."""
    await ask(pilot, program)
    await confirm(pilot, program, typed)
