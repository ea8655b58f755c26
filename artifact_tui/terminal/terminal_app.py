"""A Textual app for remote terminals: keys in order, few bytes, printable output and clean exits."""

from __future__ import annotations

import logging
import os
import signal
import termios
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from rich.text import Text
from textual._context import active_message_pump
from textual.app import App
from textual.css.query import NoMatches
from textual.events import Event, Key
from textual.message import Message
from textual.worker import WorkerFailed

from artifact_tui.redaction import redact
from artifact_tui.terminal.ascii_fallback import PlainLetters
from artifact_tui.terminal.clipboard import fill_tmux_buffer
from artifact_tui.terminal.crash import crash_report, how_to_report
from artifact_tui.terminal.driver import TerminalDriver
from artifact_tui.terminal.lean_app import CursorLook, LeanApp
from artifact_tui.terminal.line_filter import PrintableFilter
from artifact_tui.terminal.memory import drop_closed_watchers, resume_collection, share_style_cache
from artifact_tui.terminal.restore import restore_terminal
from artifact_tui.terminal.signals import FROM_SIGNAL, SignalWatcher
from artifact_tui.terminal.stylesheet import SteadyStylesheet
from artifact_tui.terminal.type_ahead import TypeAhead
from artifact_tui.text import printable, shows_unicode

if TYPE_CHECKING:
    from rich.console import RenderableType

_log = logging.getLogger(__name__)
STARTED = 1.0
"""Seconds after which the first rows are probably shown, so garbage collection no longer delays the start."""
INTERRUPT_WINDOW = 2.0
LONGEST_HELD = 1.0
"""Seconds after which the first frame is shown even if its list has no rows yet."""
INTERRUPTED = FROM_SIGNAL + signal.SIGINT
"""The exit code of a program ended by Ctrl+C, as in shells."""


class StoredFrame(Protocol):
    """The frame of an earlier start, which the terminal may show, and its replacement for the next start."""

    line_settings: list[Any] | None
    is_shown: bool

    def is_of(self, mark: Callable[[bytes], str]) -> bool:
        """Return whether it was stored with this account; may block."""

    def store(self, frame: str, size: tuple[int, int], mark: Callable[[bytes], str]) -> None:
        """Store a frame of that size in columns and lines; may block."""

    def forget_all(self) -> None:
        """Remove all frames, after a sign-in."""


class TerminalApp(LeanApp, inherit_bindings=False):
    """The part of the app that handles the terminal and knows nothing about artifacts."""

    line_settings: list[Any] | None = None
    """The settings to restore at the end, if another app had the terminal before."""
    first_frame: StoredFrame | None = None
    is_first = True
    """Whether no other app had the terminal before."""
    is_ascii = False
    """Whether the terminal shows ASCII only."""

    def __init__(self, *, lean: bool = True, cursor: CursorLook = "auto") -> None:
        super().__init__(lean=lean, cursor=cursor)
        share_style_cache()
        self.stylesheet = SteadyStylesheet(variables=self.get_css_variables())
        self.animation_level = "none"  # an animation costs dozens of frames on a slow connection
        self.type_ahead = TypeAhead(self, super().on_event)
        self._interrupted = self._ended = self._limited = False
        self._signals: SignalWatcher | None = None
        self._save_all: Callable[[float], object] = lambda seconds: None
        self._leave: Callable[[int], object] | None = None
        self._filters.append(PrintableFilter())

    @property
    def goes_on(self) -> bool:
        """Whether the process continues after this app has ended."""
        return False

    def run_guarded(self, flush: Callable[[float], object], leave: Callable[[int], object] | None = None) -> int:
        """Run to the end and return the exit code; ``flush`` writes unsaved data to disk within that many seconds.

        ``leave`` ends the process with an exit code, without closing screens and connections one by one first.
        """
        self._save_all, self._leave = flush, leave
        self.is_ascii = not shows_unicode(os.environ)
        if self.is_ascii:
            self._filters.append(PlainLetters())
        with SignalWatcher(self._end, flush, self._restore) as self._signals:
            self.run()
            return self._ended_code()

    def _ended_code(self) -> int:
        self._save_all(2.0)
        code = self.return_code or self.return_value or 0
        if code:
            self.give_back()
        return code

    async def _shutdown(self) -> None:
        if self._leave is None or self.goes_on or self._exit_renderables:
            await super()._shutdown()
            return
        if self._driver is not None:
            self._driver.close()
        self._leave(self._ended_code())

    def on_mount(self) -> None:
        """Turn on the garbage collector, which is off during the start, and free closed screens from now on."""
        self.set_timer(STARTED, resume_collection)
        if self.holds_frames:
            self.set_timer(LONGEST_HELD, self.release_frames)
        self.call_later(self.type_ahead.add)
        self.screen_change_signal.subscribe(self, lambda screen: drop_closed_watchers(self), immediate=True)

    def begin_with_frame(self, frame: StoredFrame) -> None:
        """Use the frame of an earlier start; call it before the app runs."""
        self.first_frame = frame
        if frame.is_shown:
            self.line_settings = frame.line_settings

    def takes_frame(self) -> bool:
        """Take the screen over from the frame of an earlier start, if the terminal shows it.

        The frame stays, and keys wait, until the app releases its own frames, after 1 s at the latest.
        """
        if self.first_frame is None or not self.first_frame.is_shown:
            return False
        self.first_frame.is_shown = False
        self.holds_frames = self.type_ahead.is_held = self.lean
        return True

    def release_frames(self, *, clear: bool = False) -> None:
        """Show the frame that was held back, if any, and handle the keys that waited for it."""
        super().release_frames(clear=clear)
        if self.type_ahead.is_held:
            self.type_ahead.is_held = False
            self.call_later(self.type_ahead.add)

    def take_over(self, before: TerminalApp) -> None:
        """Take the terminal and the unhandled keys of an app that has ended."""
        self.line_settings = before.line_settings
        self.first_frame, self.is_first = before.first_frame, False
        self.type_ahead.begin_with(before.type_ahead.left)

    @property
    def hands_over(self) -> bool:
        """Whether this app has ended and another takes over the terminal."""
        return self.type_ahead.is_over

    def give_back(self) -> None:
        """Restore the line settings that were kept for a next app, if there will be none."""
        if self.line_settings is not None and isinstance(self._driver, TerminalDriver):
            with suppress(termios.error):
                termios.tcsetattr(self._driver.fileno, termios.TCSANOW, self.line_settings)

    def keep(self, message: Message) -> bool:
        """Keep a key for the next app and return whether it was kept; called from the thread that reads keys."""
        return isinstance(message, Key) and self.type_ahead.keep(message)

    def hang_up(self) -> None:
        """End the app because the terminal is gone; called from the thread that reads keys."""
        if self._signals is not None:
            self._signals.hang_up()

    def crash(self, error: Exception) -> None:
        """End the app after an error in an essential thread; called from that thread."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._handle_exception, error)

    def panic(self, *renderables: RenderableType) -> None:
        """Panic as Textual does, with exit code 1."""
        self._return_code = 1
        super().panic(*renderables)

    def _end(self, code: int) -> None:
        """End the app; called from the signal thread, while the loop may be blocked or closed."""
        self._ended = True
        if isinstance(self._driver, TerminalDriver):
            self._driver.hurry()
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(partial(self.exit, code))

    def _restore(self) -> None:
        if isinstance(self._driver, TerminalDriver):
            restore_terminal(self._driver.fileno, self._driver.attrs_before or self.line_settings)
        elif self.line_settings is not None:
            restore_terminal(0, self.line_settings)

    async def on_event(self, event: Event) -> None:
        """Queue keys, and handle other events as usual."""
        if isinstance(event, Key) and not event.is_forwarded:
            self.type_ahead.add(event)
        else:
            await super().on_event(event)

    def clear_selection(self) -> None:
        """Clear the selected text, if there is a screen."""
        if self.screen_stack:  # Python 3.12 starts tasks eagerly, so an input calls this before the first screen exists
            super().clear_selection()

    def notify(self, message: str, *, title: str = "", **options: Any) -> None:
        """Show a notification without secrets; the options are Textual's."""
        super().notify(redact(message), title=redact(title), **options)

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End the app; the message left on the terminal is printable and without secrets."""
        if isinstance(message, str):
            message = Text("\n".join(printable(line) for line in redact(message).split("\n")))
        if self._signals is not None and not (self._ended or self._limited or self.goes_on):
            self._limited = True
            self._signals.limit(return_code or result or 0)
        self.type_ahead.is_over = self.goes_on and not (return_code or result)
        super().exit(result, return_code, message)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy text without secrets, because people paste it into chats and tickets."""
        clean = redact(text).encode("utf-8", "backslashreplace").decode()  # for lone surrogates, as in JSON
        super().copy_to_clipboard(clean)
        if os.environ.get("TMUX") and not self.is_headless:  # tmux may block access to the terminal's clipboard
            fill_tmux_buffer(clean)

    def why_not(self, action: str) -> str:
        """Return a sentence that says why an action is unavailable; empty if it is available."""
        return ""

    def is_refused(self, action: str) -> bool:
        """Return whether an action is unavailable, and notify the user of the reason."""
        reason = self.why_not(action)
        if reason:
            self.notify(reason, markup=False, timeout=4)
        return bool(reason)

    def leave_mouse(self, to_the_terminal: bool) -> None:
        """Turn mouse capture off, so that the terminal can select text, or on again."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.leave_mouse(to_the_terminal)

    def action_interrupt(self) -> None:
        """Quit at the second press within two seconds."""
        if self._interrupted:
            self.exit(INTERRUPTED)
            return
        self._interrupted = True
        self.set_timer(INTERRUPT_WINDOW, partial(setattr, self, "_interrupted", False))
        self.notify("Press Ctrl+C again to quit", markup=False, timeout=INTERRUPT_WINDOW)

    def _handle_exception(self, error: Exception) -> None:
        """Log errors of screens that closed while they were opening, instead of crashing."""
        if self._ended or misses_what_is_gone(error):
            _log.info("error while closing: %s", crash_report(error))
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Print a report without the values of local variables, which may hold a token."""
        self.bell()
        error = self._exception or RuntimeError("unknown")
        self._exit_renderables.append(Text(f"{crash_report(error)}\n{how_to_report()}"))
        self._close_messages_no_wait()


def misses_what_is_gone(error: Exception) -> bool:
    """Whether a widget that is being removed, or its worker, has queried a missing widget.

    Textual removes the children of a screen first, while its handlers and workers may still run.
    """
    if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
        error = error.error
    node = active_message_pump.get(None)
    while isinstance(error, NoMatches) and node is not None:
        is_ending = isinstance(node, App) and not node.is_running  # then its screens close without a mark
        if is_ending or node._closing or node._closed or getattr(node, "_pruning", False):
            return True
        node = node._parent
    return False
