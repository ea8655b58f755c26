"""A Textual app that draws through :mod:`.terminal.output.renderer`, and as Textual does where that cannot be."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Protocol, runtime_checkable

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

UNDO = "\x1b[r\x1b[m"
"""Margins and looks as Textual takes them for granted."""

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # without a log file nothing is written over the screen


@runtime_checkable
class DrawnScreen(Protocol):
    """A screen that is told before each of its frames."""

    def frame_begins(self) -> None:
        """Return at once; called right before each frame."""


class LeanApp(App[int]):
    """Textual's display step, replaced; ``lean`` off leaves it alone."""

    def __init__(self, *, lean: bool = True) -> None:
        super().__init__()
        self.lean = lean
        self._output: Output | None = None

    def get_driver_class(self) -> type[Driver]:
        """Ours, unless the environment names another."""
        chosen = super().get_driver_class()
        return TerminalDriver if chosen.__name__ == "LinuxDriver" else chosen

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Draw an update; whatever goes wrong in our way of doing it, Textual's own is still there."""
        if renderable is not None and isinstance(screen, DrawnScreen):
            screen.frame_begins()
        if not self._is_ours(renderable):
            super()._display(screen, renderable)
            return
        try:
            self._paint_update(renderable)
        except Exception:  # whatever it is, another version of Textual may be the reason: it can draw by itself
            _log.exception("drawing goes on Textual's own way")
            self._draw_as_textual()
        finally:
            self.post_display_hook()

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
            raise TypeError("only its own driver knows when there is room")
        asks = os.environ.get("TERM_PROGRAM", "") != "Apple_Terminal"  # which would show the question's last letter
        output = self._output = Output(driver, talent_of(os.environ.get("TERM", "")), question=QUESTION if asks else "")
        driver.when_open(self._send_frame)
        return output

    def join_lines(self, lines: range | None) -> None:
        """See :meth:`artifact_tui.terminal.output.renderer.Output.join`; nothing where Textual draws."""
        if self._output is not None:
            self._output.join(lines)

    def _send_frame(self) -> None:
        try:
            if self._output is not None and self.lean:
                self._output.flush()
        except Exception:  # as above
            _log.exception("drawing goes on Textual's own way")
            self._draw_as_textual()

    def _draw_as_textual(self) -> None:
        self.lean, self._output = False, None
        if self._driver is not None:
            self._driver.write(UNDO)
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    async def on_event(self, event: Event) -> None:
        """Draw everything after a new size or a return from the shell."""
        if isinstance(event, Resize) and self._output is not None:
            self._output.forget()
            self.screen.refresh()
        await super().on_event(event)

    def action_repaint(self) -> None:
        """Draw everything anew, over what other programs may have written."""
        if self._output is not None:
            self._output.forget()
        self.screen.refresh(layout=True)
