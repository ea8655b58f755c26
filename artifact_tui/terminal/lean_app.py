"""A Textual app that draws through :mod:`.terminal.output.renderer`, or as Textual does if that fails."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from rich.color import ColorSystem
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.events import Event, Resize
from textual.widgets import Input

from artifact_tui.terminal.driver import TerminalDriver
from artifact_tui.terminal.output.encoder import talent_of
from artifact_tui.terminal.output.flow_control import QUESTION
from artifact_tui.terminal.output.renderer import Output

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.screen import Screen

CursorLook = Literal["auto", "line", "sign"]
UNDO = "\x1b[r\x1b[m"
"""Resets the margins and the style, as Textual expects them."""
CLEAR = "\x1b[m\x1b[2J"

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # without a log file, errors must not be written over the screen


@runtime_checkable
class DrawnScreen(Protocol):
    """A screen with a hook for each of its frames."""

    def frame_begins(self) -> None:
        """Run right before each frame; it must not block."""


def set_breakpoints(screen: Screen[Any]) -> None:
    """Set the size classes of a screen before its widgets are styled; otherwise Textual draws two different frames."""
    width, height = screen.app.size
    screen.add_class(*screen._get_breakpoint_classes(width, screen.HORIZONTAL_BREAKPOINTS or []))
    screen.add_class(*screen._get_breakpoint_classes(height, screen.VERTICAL_BREAKPOINTS or []))


class LeanApp(App[int]):
    """An app with a replaced display step; with ``lean`` off, Textual's own is used.

    ``cursor`` is how tables show the cursor; ``auto`` means as a sign while the connection is slow.
    """

    def __init__(self, *, lean: bool = True, cursor: CursorLook = "auto") -> None:
        super().__init__()
        self.lean = lean
        self.holds_frames = False
        """Whether frames are held back, because the terminal still shows the frame of an earlier start."""
        self._cursor_look = cursor
        self._output: Output | None = None

    @property
    def saves_bytes(self) -> bool:
        """Whether tables show their cursor as a sign, and details wait longer."""
        if self._cursor_look == "auto":
            return isinstance(self._driver, TerminalDriver) and self._driver.is_slow
        return self._cursor_look == "sign"

    def get_driver_class(self) -> type[Driver]:
        """Return our driver, unless the environment names another."""
        chosen = super().get_driver_class()
        return TerminalDriver if chosen.__name__ == "LinuxDriver" else chosen

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if renderable is not None and isinstance(screen, DrawnScreen):
            screen.frame_begins()
        if not self._is_ours(renderable):
            super()._display(screen, renderable)
            return
        try:
            self._paint_update(renderable)
            if self.holds_frames and self.is_worth_showing(screen):
                screen.call_after_refresh(self.release_frames)  # the rows may be in the next frame
        except Exception:  # for example, another version of Textual
            self._draw_as_textual()
        finally:
            self.post_display_hook()

    def is_worth_showing(self, screen: Screen[object]) -> bool:
        """Return whether a screen should replace the frame of an earlier start."""
        return True

    def _is_ours(self, renderable: object) -> bool:
        return (
            self.lean
            and isinstance(self._driver, TerminalDriver)
            and isinstance(renderable, CompositorUpdate)
            and self._running
            and not (self._closed or self._batch_count)
        )

    def _paint_update(self, renderable: object) -> None:
        output = self._output or self._make_output()
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position) if isinstance(self.focused, Input) else None
        colors = self.console._color_system or ColorSystem.TRUECOLOR
        output.show(renderable, colors, cursor, synchronized=self._sync_available)  # type: ignore[arg-type]  # _is_ours

    def _make_output(self) -> Output:
        driver = self._driver
        if not isinstance(driver, TerminalDriver):
            raise TypeError("the renderer needs the flow control of TerminalDriver")
        asks = os.environ.get("TERM_PROGRAM", "") != "Apple_Terminal"  # which prints the last letter of the query
        output = self._output = Output(driver, talent_of(os.environ.get("TERM", "")), question=QUESTION if asks else "")
        output.is_held = self.holds_frames
        driver.when_open(self._send_frame)
        return output

    def release_frames(self, *, clear: bool = False) -> None:
        """Send the frame that was held back, if any; ``clear`` clears the screen first."""
        if not self.holds_frames:
            return
        self.holds_frames = False
        if clear and self._driver is not None:
            self._driver.write(CLEAR)
        if self._output is not None:
            self._output.is_held = False
            self._send_frame()

    def whole_frame(self) -> tuple[str, tuple[int, int]]:
        """Return output that draws the whole screen, whatever the terminal shows; empty if Textual draws."""
        return self._output.whole_frame() if self._output is not None else ("", (0, 0))

    def join_lines(self, lines: range | None) -> None:
        """Call :meth:`artifact_tui.terminal.output.renderer.Output.join`, unless Textual draws."""
        if self._output is not None:
            self._output.join(lines)

    def _send_frame(self) -> None:
        try:
            if self._output is not None and self.lean:
                self._output.flush()
        except Exception:  # as in _display
            self._draw_as_textual()

    def _draw_as_textual(self) -> None:
        _log.exception("falling back to Textual's own drawing")
        self.lean, self._output = False, None
        self.release_frames()
        if self._driver is not None:
            self._driver.write(UNDO)
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    async def on_event(self, event: Event) -> None:
        """Draw everything after a resize or a return from the shell."""
        if isinstance(event, Resize) and self._output is not None:
            self._output.forget()
            self.screen.refresh()
        await super().on_event(event)

    def action_repaint(self) -> None:
        """Redraw the screen, over anything that other programs have written."""
        if self._output is not None:
            self._output.forget()
        self.screen.refresh(layout=True)
