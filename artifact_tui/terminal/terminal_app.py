"""A Textual app with the manners that Textual leaves to us: keys in order, few bytes, a last guard, quiet endings."""

from __future__ import annotations

import logging
import os
import signal
import termios
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual._context import active_message_pump
from textual.app import App
from textual.css.query import NoMatches
from textual.events import Event, Key
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.worker import WorkerFailed

from artifact_tui.redaction import redact
from artifact_tui.terminal.ascii_fallback import PlainLetters
from artifact_tui.terminal.clipboard import fill_tmux_buffer
from artifact_tui.terminal.crash import crash_report, how_to_report
from artifact_tui.terminal.driver import TerminalDriver
from artifact_tui.terminal.lean_app import LeanApp
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
"""Seconds after which the first rows are most likely shown, and the garbage collector disturbs no start."""
INTERRUPT_WINDOW = 2.0
INTERRUPTED = FROM_SIGNAL + signal.SIGINT
"""The exit code of a program that was ended by ctrl+c, as shells have it."""


class TerminalApp(LeanApp, inherit_bindings=False):
    """What has to do with the terminal and nothing with artifacts."""

    line_settings: list[Any] | None = None
    """Those to restore at the end, where another app had the terminal before."""

    def __init__(self, *, lean: bool = True) -> None:
        super().__init__(lean=lean)
        share_style_cache()
        self.stylesheet = SteadyStylesheet(variables=self.get_css_variables())
        self.animation_level = "none"  # what glides costs a slow line dozens of frames
        self.type_ahead = TypeAhead(self, super().on_event)
        self._interrupted = self._ended = self._limited = False
        self._signals: SignalWatcher | None = None
        self._filters.append(PrintableFilter())

    @property
    def goes_on(self) -> bool:
        """Whether the process lives on when this app has ended."""
        return False

    def run_guarded(self, flush: Callable[[float], object]) -> int:
        """Run to the end, also one that a signal or a vanished terminal makes; the exit code.

        ``flush`` puts on disk what must not be lost, within the seconds it is given.
        """
        if not shows_unicode(os.environ):
            self._filters.append(PlainLetters())
        with SignalWatcher(self._end, flush, self._restore) as self._signals:
            result = self.run()
            flush(2.0)
        code = self.return_code or result or 0
        if code:
            self.give_back()
        return code

    def on_mount(self) -> None:
        """Turn on the garbage collector, which is off during the start, and the removal of closed screens."""
        self.set_timer(STARTED, resume_collection)
        self.call_later(self.type_ahead.add)
        self.screen_change_signal.subscribe(self, lambda screen: drop_closed_watchers(self), immediate=True)

    def take_over(self, before: TerminalApp) -> None:
        """Go on where another app has ended: with the keys that came too late for it."""
        self.line_settings = before.line_settings
        self.type_ahead.begin_with(before.type_ahead.left)

    @property
    def hands_over(self) -> bool:
        """Whether this app has ended and another takes over the terminal."""
        return self.type_ahead.is_over

    def give_back(self) -> None:
        """Restore the line settings that were left for an app that does not come."""
        if self.line_settings is not None and isinstance(self._driver, TerminalDriver):
            with suppress(termios.error):
                termios.tcsetattr(self._driver.fileno, termios.TCSANOW, self.line_settings)

    def keep(self, message: Message) -> bool:
        """Keep a key for the app that comes next; whether it is, called from the thread that reads keys."""
        return isinstance(message, Key) and self.type_ahead.keep(message)

    def hang_up(self) -> None:
        """End because the terminal is gone; called from the thread that reads it."""
        if self._signals is not None:
            self._signals.hang_up()

    def crash(self, error: Exception) -> None:
        """End the app after an error in an essential thread; called from that thread."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._handle_exception, error)

    def panic(self, *renderables: RenderableType) -> None:
        """Panic as Textual does, with an exit code that is not 0."""
        self._return_code = 1
        super().panic(*renderables)

    def _end(self, code: int) -> None:
        """End the app; called from the thread that watches for signals, while the loop may be stuck or over."""
        self._ended = True
        if isinstance(self._driver, TerminalDriver):
            self._driver.hurry()
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(partial(self.exit, code))

    def _restore(self) -> None:
        if isinstance(self._driver, TerminalDriver):
            restore_terminal(self._driver.fileno, self._driver.attrs_before or self.line_settings)

    async def on_event(self, event: Event) -> None:
        """Keys wait for each other; all else goes its usual way."""
        if isinstance(event, Key) and not event.is_forwarded:
            self.type_ahead.add(event)
        else:
            await super().on_event(event)

    def clear_selection(self) -> None:
        """Clear the selected text; Textual's own takes a screen for granted.

        Python 3.12 and later start tasks eagerly: there the first screen's input asks for this before it is shown.
        """
        if self.screen_stack:
            super().clear_selection()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """As Textual's, without secrets."""
        super().notify(redact(message), title=redact(title), severity=severity, timeout=timeout, markup=markup)

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """As Textual's; a text that is left on the terminal is printable and without secrets."""
        if isinstance(message, str):
            message = Text("\n".join(printable(line) for line in redact(message).split("\n")))
        if self._signals is not None and not (self._ended or self._limited or self.goes_on):
            self._limited = True
            self._signals.limit(return_code or result or 0)
        self.type_ahead.is_over = self.goes_on and not (return_code or result)
        super().exit(result, return_code, message)

    def copy_to_clipboard(self, text: str) -> None:
        r"""Copy text without secrets, because people paste it into chats and tickets.

        Lone surrogates, for which UTF-8 has no bytes, become what JSON writes for them: ``\ud800``.
        """
        clean = redact(text).encode("utf-8", "backslashreplace").decode()
        super().copy_to_clipboard(clean)
        if os.environ.get("TMUX") and not self.is_headless:  # tmux may keep the terminal's clipboard to itself
            fill_tmux_buffer(clean)

    def why_not(self, action: str) -> str:
        """Return why an action can do nothing now, as a sentence; empty if it can."""
        return ""

    def is_refused(self, action: str) -> bool:
        """Return whether an action can do nothing now, after saying why."""
        reason = self.why_not(action)
        if reason:
            self.notify(reason, markup=False, timeout=4)
        return bool(reason)

    def leave_mouse(self, to_the_terminal: bool) -> None:
        """While text is shown that the terminal shall select by itself."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.leave_mouse(to_the_terminal)

    def action_interrupt(self) -> None:
        """Say how to quit the first time, and quit the second time."""
        if self._interrupted:
            self.exit(INTERRUPTED)
            return
        self._interrupted = True
        self.set_timer(INTERRUPT_WINDOW, self._forget_interrupt)
        self.notify("ctrl+c again quits at once", markup=False, timeout=INTERRUPT_WINDOW)

    def _forget_interrupt(self) -> None:
        self._interrupted = False

    def _handle_exception(self, error: Exception) -> None:
        """Ignore errors of screens that the end of the program closed while they were opening."""
        if self._ended or misses_what_is_gone(error):
            _log.info("while ending: %s", crash_report(error))
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual's own prints the values of local variables, which may hold a token."""
        self.bell()
        error = self._exception or RuntimeError("unknown")
        self._exit_renderables.append(Text(f"{crash_report(error)}\n{how_to_report()}"))
        self._close_messages_no_wait()


def misses_what_is_gone(error: Exception) -> bool:
    """Whether a widget was looked for by one that is being removed, or by its work.

    Textual removes a screen from within, and its handlers and workers may still run then.
    """
    if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
        error = error.error
    node = active_message_pump.get(None)
    while isinstance(error, NoMatches) and node is not None:
        is_ending = isinstance(node, App) and not node.is_running  # then it closes its screens from below, unmarked
        if is_ending or node._closing or node._closed or getattr(node, "_pruning", False):
            return True
        node = node._parent
    return False
