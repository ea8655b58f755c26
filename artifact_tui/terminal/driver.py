"""Textual's terminal driver, with input and output that work on slow and unreliable connections."""

from __future__ import annotations

import os
import selectors
import signal
import socket
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Event
from typing import Any, Protocol, runtime_checkable

from textual import constants
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from artifact_tui.terminal.key_parser import KEY_FLAGS, KeyStream, Piece, SequenceParser
from artifact_tui.terminal.output.flow_control import QUESTION, FlowControl
from artifact_tui.terminal.output.writer import Writer
from artifact_tui.terminal.restore import restore_terminal

STDERR = 2
"""The file descriptor that Textual draws to."""
_TEXTUAL_KEY_FLAGS = "\x1b[>25u"
"""What Textual requests: all but alternate keys, without which Ctrl fails on keyboard layouts that are not Latin."""
_ENTER = "\x1b[?1049h"
"""Switches to the alternate screen; terminals clear it, even if they already show it."""
TICK = 0.05
"""Seconds between two checks of a partly received sequence."""
LAST_WORDS = 1.0
"""Seconds to wait at the end for the terminal to take the output and to answer queries."""


@runtime_checkable
class Watched(Protocol):
    """An app that handles the loss of its terminal, and may hand the terminal over to another app."""

    line_settings: list[Any] | None

    @property
    def hands_over(self) -> bool:
        """Whether it has ended and another app takes over the terminal."""

    def takes_frame(self) -> bool:
        """Take the screen over from the frame of an earlier start; return whether there is one."""

    def keep(self, message: Message) -> bool:
        """Keep a key for the next app and return whether it was kept. May be called from any thread."""

    def hang_up(self) -> None:
        """End the app, because its terminal is gone. May be called from any thread."""

    def crash(self, error: Exception) -> None:
        """End the app with an error. May be called from any thread."""


class WakeEvent(Event):
    """An event that also makes a file descriptor readable, so that a thread can wait for it and for input at once."""

    def __init__(self) -> None:
        super().__init__()
        self._reader, self._writer = socket.socketpair()

    def fileno(self) -> int:
        """Return the descriptor that is readable while the event is set."""
        return self._reader.fileno()

    def set(self) -> None:
        """Set the event."""
        if not self.is_set():
            super().set()
            self._writer.send(b"\0")

    def clear(self) -> None:
        """Reset the event."""
        if self.is_set():
            super().clear()
            self._reader.recv(1)


class TerminalDriver(LinuxDriver):
    """Reads whole sequences, drops unknown ones, and writes without blocking and with flow control."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._pace = FlowControl()
        self._parser = SequenceParser(debug=debug)
        self._writer: Writer | None = None
        self._when_open: Callable[[], None] = lambda: None
        self._patience = LAST_WORDS
        self._is_entered = False
        self.exit_event: WakeEvent = WakeEvent()
        self.hovers = not os.environ.get("SSH_CONNECTION")

    @property
    def is_open(self) -> bool:
        """Whether another frame may be sent: the last one has been written, and few bytes are unanswered."""
        return self._writer is not None and self._writer.is_idle and self._pace.is_open

    @property
    def due(self) -> float:
        """Seconds until the oldest query counts as unanswered."""
        return self._pace.due

    @property
    def is_slow(self) -> bool:
        """Whether the connection was measured to be slow."""
        return self._pace.is_slow

    def when_open(self, call: Callable[[], None]) -> None:
        """Call ``call`` in the event loop whenever another frame may be sent."""
        self._when_open = call

    def write(self, data: str) -> None:
        """Send in order without blocking; Textual's own thread makes the event loop wait for a slow connection."""
        if QUESTION in data:
            self._pace.send(len(data))
        if self._is_entered and data == _ENTER:
            return
        if data == _TEXTUAL_KEY_FLAGS:
            data = f"\x1b[>{KEY_FLAGS}u"
        if self._writer is not None:
            self._writer.write(data)

    def hurry(self) -> None:
        """End almost without waiting for the terminal, because a signal or a hang-up ends the program."""
        self._patience = 0.2

    def _drained(self) -> None:
        with suppress(RuntimeError):  # the loop may have ended
            self._loop.call_soon_threadsafe(self._when_open)

    def start_application_mode(self) -> None:
        """Take the terminal, at the start and after a suspension."""
        self._pace.reset()
        self._writer = Writer(STDERR, self._drained)
        self._is_entered = isinstance(self._app, Watched) and self._app.takes_frame()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # declared without types
        self._is_entered = False
        if isinstance(self._app, Watched) and self._app.line_settings is not None:
            self.attrs_before = self._app.line_settings

    def stop_application_mode(self) -> None:
        """Give the terminal back after pending answers, which would otherwise be typed into the shell.

        The next app gets it in raw mode without echo, so keys typed meanwhile stay intact and are not shown.
        """
        self._pace.wait(self._patience)
        self.write("\x1b[r\x1b[m\x1b[?1002l")
        if isinstance(self._app, Watched) and self._app.hands_over:
            self._app.line_settings, self.attrs_before = self.attrs_before, None
        super().stop_application_mode()

    def disable_input(self) -> None:
        """Stop reading, without Textual's flush of typed keys if another app takes over."""
        if not (isinstance(self._app, Watched) and self._app.hands_over):
            super().disable_input()
        elif self._key_thread is not None:
            signal.signal(signal.SIGWINCH, signal.SIG_DFL)
            self._disable_mouse_support()
            self.exit_event.set()
            self._key_thread.join()
            self._key_thread = None
            self.exit_event.clear()

    def send_message(self, message: Message) -> None:
        """Send a message to the app, which may keep it for the next app."""
        if not (isinstance(self._app, Watched) and self._app.keep(message)):
            super().send_message(message)

    def close(self) -> None:
        """Send the remaining bytes, or only restore the terminal if it does not take them in time."""
        if self._writer is not None:
            if not self._writer.stop(self._patience):
                restore_terminal(self.fileno, self.attrs_before)
            self._writer = None
        super().close()

    def _enable_mouse_support(self) -> None:
        if self.hovers:
            super()._enable_mouse_support()
        elif self._mouse:  # over SSH, clicks, drags and the wheel, but no report of every move
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1006h")

    def leave_mouse(self, to_the_terminal: bool) -> None:
        """Turn mouse capture off, so that the terminal can select text, or on again."""
        if to_the_terminal:
            self._disable_mouse_support()
            self.write("\x1b[?1002l")
        else:
            self._enable_mouse_support()

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:  # after which Textual's own thread leaves the exit code at 0
            if not isinstance(self._app, Watched):
                raise
            self._app.crash(error)

    def run_input_thread(self) -> None:
        """Read until the end; end the program if the terminal is gone."""
        stream = KeyStream(constants.ESCAPE_DELAY)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self.exit_event, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                text = ""
                if any(key.fileobj == self.fileno for key, _ in selector.select(TICK if stream.is_waiting else None)):
                    data = self._read()
                    if not data:
                        if isinstance(self._app, Watched):
                            self._app.hang_up()
                        return
                    text = decode(data)
                self._take(stream.feed(text) if text else stream.tick())

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _take(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if not isinstance(piece, str):
                self.process_message(piece)
                continue
            if piece.startswith("\x1b[?2026;"):
                self._pace.answer()
                self._drained()
            for message in self._parser.parse(piece):
                self.process_message(message)
