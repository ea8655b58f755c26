"""To the retention dialog, and keys in it, as a person presses them."""

from __future__ import annotations

import asyncio
from itertools import count
from time import monotonic

from textual.pilot import Pilot

from artifact_tui.screens.storage.retention_dialog import RetentionDialog
from tests.ui.each_key import keys_of
from tests.ui.program import Program, send, until

(OPEN,), (SET,) = keys_of("storage.retention"), keys_of("retention.set")
SECONDS = count(int(monotonic()) + 1_000_000)
"""The times that keys tell: each is after all before, and after any dialog was drawn."""


async def ask(pilot: Pilot[int], program: Program) -> RetentionDialog:
    """Open the dialog, until it is drawn; the keys after it tell later times, so nothing waits until it listens."""
    await pilot.press(OPEN)
    return await drawn(pilot, program)


async def drawn(pilot: Pilot[int], program: Program) -> RetentionDialog:
    """Until the dialog is drawn."""
    await until(pilot, lambda: isinstance(program.app.screen, RetentionDialog) and program.app.screen.focused)
    dialog = program.app.screen
    assert isinstance(dialog, RetentionDialog)
    is_drawn = asyncio.Event()
    dialog.call_after_refresh(is_drawn.set)
    await is_drawn.wait()
    return dialog


async def press_calmly(pilot: Pilot[int], program: Program, *keys: str) -> None:
    """Press each of these keys a second after the one before, by the times that they tell."""
    for key in keys:
        await press_at_once(pilot, program, key)


async def press_at_once(pilot: Pilot[int], program: Program, *keys: str) -> None:
    """Press all of these keys at the same moment, a second after those before."""
    send(program.app, *keys, time=float(next(SECONDS)))
    await pilot.pause(0)
    await program.app.type_ahead.idle()
