"""Frames that nobody looks at are not drawn here: drawing each was a quarter of the time of these tests."""

from __future__ import annotations

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor, LayoutUpdate
from textual._context import visible_screen_stack
from textual.geometry import Region
from textual.screen import Screen

UNSEEN = LayoutUpdate([], Region())
"""A frame for the headless driver, which shows none."""


@pytest.fixture(autouse=True)
def _only_frames_that_are_read_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw what a test reads, with ``text_of`` or as a snapshot.

    ``Program.running`` reads the screen at the end, so that a test fails if its last screen cannot be drawn.
    """
    draw = Compositor.render_update

    def draw_if_read(
        self: Compositor, full: bool = False, screen_stack: list[Screen[object]] | None = None, simplify: bool = False
    ) -> RenderableType | None:
        if full:  # a snapshot
            return draw(self, full, screen_stack, simplify)
        visible_screen_stack.set([])  # drawing a screen takes those below it out of the list
        is_dirty = bool(self._dirty_regions)
        self._dirty_regions.clear()
        return UNSEEN if is_dirty else None

    monkeypatch.setattr(Compositor, "render_update", draw_if_read)
