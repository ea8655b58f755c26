"""Renders Textual's updates into a grid of cells, and sends only the difference to what the terminal shows.

Textual writes each repainted region in full, every cell with its colors. The renderer waits until the connection can
take a frame; changes that arrive meanwhile are sent in their latest state only.
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
"""Characters up to which a frame needs no synchronized output, because it arrives in one piece."""
ASKED_AFTER = 600
"""Characters after which a frame ends with a query: what 64 kbit/s carry in 75 ms."""
ASKED_AT_LATEST = 2 * ASKED_AFTER
"""The same limit if all frames are costly."""
COSTLY_KEY = 240
"""Bytes above which a frame leaves the query to a smaller frame; with it, a key would cost over 250 bytes."""
SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


class FrameSink(Protocol):
    """The connection to the terminal."""

    @property
    def is_open(self) -> bool:
        """Whether another frame may be sent now."""

    @property
    def due(self) -> float:
        """Seconds after which to check ``is_open`` again without a call; 0 if a call will follow."""

    def write(self, data: str) -> None:
        """Send in order without blocking."""


class Output:
    """The shown and the wanted state of the screen; used from the event loop only."""

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
        self._stale = self._joins = False
        self._joined: range | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.is_held = False
        """Whether frames are drawn but not sent."""

    def show(
        self, update: CompositorUpdate, colors: ColorSystem, cursor: tuple[int, int] | None, *, synchronized: bool
    ) -> None:
        """Paint an update, and send the changes as soon as possible; raise TypeError for an unknown update."""
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
        """Draw the next frame in full, because the terminal may show anything."""
        self._shown = Grid(self._wanted.width, self._wanted.height, UNKNOWN)
        self._encoder = Encoder(self._wanted.width, self._talent)
        self._stale = True

    def whole_frame(self) -> tuple[str, tuple[int, int]]:
        """Return output that draws the wanted state, whatever the terminal shows."""
        width, height = self._wanted.width, self._wanted.height
        encoder = Encoder(width, self._talent)
        write_frame(encoder, Grid(width, height, UNKNOWN), self._wanted)
        return encoder.take(), (width, height)

    def join(self, lines: range | None) -> None:
        """Mark lines as one wrapped line, so that the terminal selects and copies them as one."""
        self._joined, self._joins, self._stale = lines, lines is not None, True
        self.flush()

    def flush(self) -> None:
        """Send the changes now, or when the connection can take them."""
        if not self._stale or not self._wanted.rows or self.is_held:
            return
        if not self._line.is_open:
            self._flush_later()
            return
        self._stale = False
        write_frame(self._encoder, self._shown, self._wanted)
        frame = self._encoder.take()
        if self._joined is not None and (frame or self._joins):
            self._joins = False
            self._encoder.write_joined(self._shown.rows, self._joined)
            frame += self._encoder.take()
        if self._cursor is not None:  # where input methods open their windows
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

    def _flush_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if due := self._line.due:
            self._timer = asyncio.get_running_loop().call_later(due + 0.01, self.flush)

    def _paint_layout(self, update: LayoutUpdate, colors: ColorSystem) -> None:
        x, y, width, height = update.region
        if (x + width, y + height) != (self._wanted.width, self._wanted.height):
            self._wanted = Grid(x + width, y + height)
            self.forget()
        for line, strips in enumerate(update.strips, y):
            column = x
            for strip in strips:
                self._paint(column, line, strip, colors)
                column += strip.cell_length

    def _paint_chops(self, update: ChopsUpdate, colors: ColorSystem) -> None:
        """Paint the parts of lines within the changed spans, clipped as Textual clips them."""
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
    """Return the look that Textual gives a style, without links, because their targets may be untrusted."""
    rendered = Strip.render_style(style.update_link(None), "x", colors)
    return parse_look(rendered.partition("m")[0].removeprefix("\x1b[") if rendered != "x" else "")
