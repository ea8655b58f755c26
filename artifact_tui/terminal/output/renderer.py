"""Sends only what has changed: a copy of the screen under Textual's display step.

Textual writes each repainted region in full, every cell with its colors. Here its updates are painted into a grid of
cells, and what differs from the grid that the terminal shows is sent when the line has room for it; what changes
meanwhile is sent in its newest state only.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from artifact_tui.terminal.output.cells import UNKNOWN, Grid
from artifact_tui.terminal.output.encoder import Encoder, Talent
from artifact_tui.terminal.output.frame_diff import write_frame
from artifact_tui.terminal.output.sgr import PLAIN, Sgr, parse_look

AT_ONCE = 400
"""Characters up to which a frame is not wrapped to be shown at once: it arrives in one piece."""
ASKED_AFTER = 600
"""Characters after which the line is asked whether it has carried them: what 64 kbit/s carry in 75 ms."""
ASKED_AT_LATEST = 2 * ASKED_AFTER
"""The same where all that is sent comes in costly frames."""
COSTLY_KEY = 240
"""Bytes of a frame from which on the question waits for a smaller one: with it a key would cost over 250 bytes."""
SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


class FrameSink(Protocol):
    """The way to the terminal."""

    @property
    def is_open(self) -> bool:
        """Whether another frame may go now."""

    @property
    def due(self) -> float:
        """Seconds after which to ask again although nothing was heard; 0 if something will be."""

    def write(self, data: str) -> None:
        """Send, in order, without waiting."""


class Output:
    """What the terminal shows and what it shall show; used from the event loop only."""

    def __init__(self, line: FrameSink, talent: Talent, *, question: str = "") -> None:
        self._line = line
        self._talent = talent
        self._question = question
        self._unasked = ASKED_AFTER
        self._looks: dict[Style, Sgr] = {}
        self._wanted = Grid(0, 0)
        self._shown = Grid(0, 0)
        self._encoder = Encoder(0, talent)
        self._cursor: tuple[int, int] | None = None
        self._synchronized = False
        self._stale = False
        self._joined: range | None = None
        self._joins = False
        self._timer: asyncio.TimerHandle | None = None

    def show(
        self, update: CompositorUpdate, colors: ColorSystem, cursor: tuple[int, int] | None, *, synchronized: bool
    ) -> None:
        """Paint an update, and send what has changed as soon as there is room; TypeError for an unknown kind.

        ``cursor`` is where text is being typed, if it is.
        """
        self._cursor, self._synchronized = cursor, synchronized
        if isinstance(update, LayoutUpdate):
            self._paint_layout(update, colors)
        elif isinstance(update, ChopsUpdate):
            self._paint_chops(update, colors)
        else:
            raise TypeError(f"no way to paint {type(update).__name__}")
        self._stale = True
        self.flush()

    def forget(self) -> None:
        """Draw the next frame as a whole, since the terminal may show anything."""
        self._shown = Grid(self._wanted.width, self._wanted.height, UNKNOWN)
        self._encoder = Encoder(self._wanted.width, self._talent)
        self._stale = True

    def join(self, lines: range | None) -> None:
        """Let the terminal know these lines of the screen as one that it wraps, so that it selects them as one."""
        self._joined, self._joins, self._stale = lines, lines is not None, True
        self.flush()

    def flush(self) -> None:
        """Send what has changed, if there is room; else be called again when there is."""
        if not self._stale or not self._wanted.rows:
            return
        if not self._line.is_open:
            self._ask_again()
            return
        self._stale = False
        write_frame(self._encoder, self._shown, self._wanted)
        frame = self._encoder.take()
        if self._joined is not None and (frame or self._joins):
            self._joins = False
            self._encoder.write_joined(self._shown.rows, self._joined)
            frame += self._encoder.take()
        if self._cursor is not None:  # windows of input methods open there
            self._encoder.move(*self._cursor)
            frame += self._encoder.take()
        if frame:
            self._line.write(self._dressed(frame))

    def _dressed(self, frame: str) -> str:
        if self._synchronized and len(frame) > AT_ONCE:
            frame = f"{SYNC_START}{frame}{SYNC_END}"
        self._unasked += len(frame)
        is_costly = len(frame.encode("utf-8", "replace")) > COSTLY_KEY
        if self._unasked < (ASKED_AT_LATEST if is_costly else ASKED_AFTER):
            return frame
        self._unasked = 0
        return frame + self._question

    def _ask_again(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if due := self._line.due:
            self._timer = asyncio.get_running_loop().call_later(due + 0.01, self.flush)

    def _resize(self, width: int, height: int) -> None:
        if (width, height) != (self._wanted.width, self._wanted.height):
            self._wanted = Grid(width, height)
            self.forget()

    def _paint_layout(self, update: LayoutUpdate, colors: ColorSystem) -> None:
        """Draw the whole screen, line by line."""
        x, y, width, height = update.region
        self._resize(x + width, y + height)
        for line, strips in enumerate(update.strips, y):
            column = x
            for strip in strips:
                self._paint(column, line, strip, colors)
                column += strip.cell_length

    def _paint_chops(self, update: ChopsUpdate, colors: ColorSystem) -> None:
        """Those pieces of lines that lie in the spans that changed, cut off where Textual cuts them off."""
        for line, start, end in update.spans:
            for (column, strip), stop in zip(update.chops[line].items(), update.chop_ends[line], strict=False):
                if strip is None or column > end or stop <= start:
                    continue
                whole = start <= column < end and stop <= end
                self._paint(column, line, strip if whole else strip.crop(0, min(stop, end) - column), colors)

    def _paint(self, column: int, line: int, strip: Strip, colors: ColorSystem) -> None:
        def look_of(segment: Segment) -> Sgr:
            style = segment.style
            if style is None:
                return PLAIN
            if (look := self._looks.get(style)) is None:
                look = self._looks[style] = _look_of(style, colors)
            return look

        self._wanted.paint(column, line, strip, look_of)


def _look_of(style: Style, colors: ColorSystem) -> Sgr:
    """Return what Textual would send for a style; links are left out, since their targets may come from strangers."""
    rendered = Strip.render_style(style.update_link(None), "x", colors)
    return parse_look(rendered.partition("m")[0].removeprefix("\x1b[") if rendered != "x" else "")
