"""Frames that are made of the painted lines alone are those that Textual makes of whole widgets."""

from __future__ import annotations

import random

from textual._compositor import Compositor
from textual.geometry import Region

from tests.ui.program import KESTREL, Program


async def test_painted_lines_are_those_of_textual() -> None:
    """For any lines, in any part of the screen, with a dialog on top or not."""
    program, draw = Program(KESTREL), random.Random(3)
    async with program.running("3", "j", "space") as pilot:
        for key in ("j", "slash", "w", "enter", "d"):
            await pilot.press(key)
            ours = program.app.screen_stack[0]._compositor
            for _ in range(20):
                lines = {draw.randrange(24) for _ in range(draw.randrange(1, 12))}
                crop = Region(draw.randrange(40), min(lines), 30, max(lines) + 1 - min(lines))
                chops = ours._render_chops(crop, lines.__contains__)
                expected = Compositor._render_chops(ours, crop, lines.__contains__)
                assert [[*chops[y].items()] for y in lines] == [[*expected[y].items()] for y in lines]
