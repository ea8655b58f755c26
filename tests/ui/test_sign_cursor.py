"""The cursor as a sign and the color of the name, for slow lines."""

from __future__ import annotations

from statistics import median

import pytest
from rich.color import ColorSystem
from textual._compositor import LayoutUpdate
from textual._context import visible_screen_stack
from textual.strip import Strip

from artifact_tui.config.settings import Settings
from artifact_tui.terminal.output.encoder import talent_of
from artifact_tui.terminal.output.renderer import Output
from tests.ui.program import KESTREL, RECORDER, Program

MOST = 110
"""Bytes of a cursor key at 80x24 in 24-bit color, without the details, which follow a cursor at rest."""


class SentBytes:
    """A line that takes everything at once."""

    is_open, due = True, 0.0

    def __init__(self) -> None:
        self.sent = 0

    def write(self, data: str) -> None:
        """Count it."""
        self.sent += len(data.encode())


def lines_of(program: Program) -> list[Strip]:
    app = program.app
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips(app.size)


def cursor_line(program: Program) -> Strip:
    return next(line for line in lines_of(program) if line.text.startswith("▌"))


async def cost_of(program: Program, keys: tuple[str, ...]) -> list[int]:
    """The bytes of each of some cursor keys."""
    line = SentBytes()
    output, costs = Output(line, talent_of("xterm-256color")), []
    async with program.running(*keys) as pilot:
        for key in ("", *"jjjjkkjj"):
            if key:
                await pilot.press(key)
            update = LayoutUpdate([[strip] for strip in lines_of(program)], program.app.size.region)
            before = line.sent
            output.show(update, ColorSystem.TRUECOLOR, None, synchronized=False)
            costs.append(line.sent - before)
    return costs[1:]


@pytest.mark.parametrize("keys", [(), ("3", "i")], ids=["runs", "artifacts"])
async def test_a_cursor_key_costs_little(keys: tuple[str, ...]) -> None:
    """The details of artifacts are folded; now and then, the status line changes too."""
    assert median(await cost_of(Program(KESTREL, settings=Settings(cursor="sign")), keys)) <= MOST
    assert median(await cost_of(Program(KESTREL), keys)) > MOST


async def test_the_cursor_colors_the_sign_and_the_name_alone() -> None:
    """The rest of the line looks like that of any row."""
    program = Program(RECORDER, settings=Settings(cursor="sign"))
    async with program.running("3", "j") as pilot:
        on = [(segment.text, segment.style) for segment in cursor_line(program)]
        name = cursor_line(program).text.split()[1]
        await pilot.press("j")
        off = next(line for line in lines_of(program) if name in line.text)
    assert on[0][0].startswith("▌")
    assert name in on[0][0]
    plain = {segment.style.color for segment in off if segment.style and name in segment.text}
    assert on[0][1] is not None
    assert on[0][1].color not in plain
    backgrounds = {segment.style.bgcolor for segment in off if segment.style}
    assert {style.bgcolor for _, style in on if style} == backgrounds
    assert on[-2:] == [(segment.text, segment.style) for segment in off][-2:]
