"""The way to and from the terminal: Textual's, with keys and bytes that survive a bad line."""

from __future__ import annotations

import os
import selectors
import signal
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

from textual import constants
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from artifact_tui.terminal.key_parser import KEY_FLAGS, KeyStream, Pasted, Piece, Pressed, SequenceParser
from artifact_tui.terminal.output.flow_control import QUESTION, FlowControl
from artifact_tui.terminal.output.writer import Writer
from artifact_tui.terminal.restore import restore_terminal

STDERR = 2
"""Where Textual draws."""
_TEXTUAL_KEY_FLAGS = "\x1b[>25u"
"""What Textual asks for: all but the alternate keys, without which Ctrl fails on layouts that are not Latin."""
TICK = 0.05
"""Seconds between two looks at what is only half received."""
LAST_WORDS = 1.0
"""Seconds that an ending waits for the terminal: for what was sent to go, for what was asked to be answered."""


@runtime_checkable
class Watched(Protocol):
    """An app that can be told that its terminal is gone, and that may hand it to another."""

    line_settings: list[Any] | None

    @property
    def hands_over(self) -> bool:
        """Whether it has ended and another takes over the terminal."""

    def keep(self, message: Message) -> bool:
        """Keep a key for that app; whether it is. May be called from any thread."""

    def hang_up(self) -> None:
        """May be called from any thread."""

    def crash(self, error: Exception) -> None:
        """End the app with an error, from any thread."""


class TerminalDriver(LinuxDriver):
    """Reads whole sequences and drops what is no key; writes without waiting, and knows whether there is room."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._pace = FlowControl()
        self._parser = SequenceParser(debug=debug)
        self._writer: Writer | None = None
        self._room: Callable[[], None] = lambda: None
        self._patience = LAST_WORDS
        self.hovers = not os.environ.get("SSH_CONNECTION")

    @property
    def is_open(self) -> bool:
        """Whether another frame may go: all before it has been taken, and not too much is unanswered."""
        return self._writer is not None and self._writer.is_idle and self._pace.is_open

    @property
    def due(self) -> float:
        """Seconds until a missing answer is given up."""
        return self._pace.due

    def when_open(self, room: Callable[[], None]) -> None:
        """``room`` is called in the event loop whenever there may be room again."""
        self._room = room

    def write(self, data: str) -> None:
        """Send in order, without waiting; Textual's thread would make the event loop wait for a slow line."""
        if QUESTION in data:
            self._pace.send(len(data))
        if data == _TEXTUAL_KEY_FLAGS:
            data = f"\x1b[>{KEY_FLAGS}u"
        if self._writer is not None:
            self._writer.write(data)

    def hurry(self) -> None:
        """Leave without waiting for the terminal, which did not ask for the end."""
        self._patience = 0.2

    def _hang_up(self) -> None:
        if isinstance(self._app, Watched):
            self._app.hang_up()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop may have ended
            self._loop.call_soon_threadsafe(self._room)

    def start_application_mode(self) -> None:
        """Take the terminal, at the start and after a pause."""
        self._pace.reset()
        self._writer = Writer(STDERR, self._tell)
        super().start_application_mode()  # type: ignore[no-untyped-call]  # declared without types
        if isinstance(self._app, Watched) and self._app.line_settings is not None:
            self.attrs_before = self._app.line_settings

    def stop_application_mode(self) -> None:
        """Give the terminal back; answers still on their way would be typed into the shell.

        An app that takes over gets it without echo, so that Enter stays Enter and nothing typed meanwhile is shown.
        """
        self._pace.wait(self._patience)
        self.write("\x1b[r\x1b[m\x1b[?1002l")
        if isinstance(self._app, Watched) and self._app.hands_over:
            self._app.line_settings, self.attrs_before = self.attrs_before, None
        super().stop_application_mode()

    def disable_input(self) -> None:
        """Stop reading; Textual's own drops what has been typed, more than once, which is for the app that comes."""
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
        """Hand a message to the app; one that has ended may keep it for the next."""
        if not (isinstance(self._app, Watched) and self._app.keep(message)):
            super().send_message(message)

    def close(self) -> None:
        """Send the remaining bytes, or only the restoring ones if the terminal does not take them in time."""
        if self._writer is not None:
            if not self._writer.stop(self._patience):
                restore_terminal(self.fileno, self.attrs_before)
            self._writer = None
        super().close()

    def _enable_mouse_support(self) -> None:
        """Over SSH clicks, drags and the wheel, but no report of every move."""
        if self.hovers:
            super()._enable_mouse_support()
        elif self._mouse:
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1006h")

    def leave_mouse(self, to_the_terminal: bool) -> None:
        """Let the terminal select with the mouse, or have it report the mouse again."""
        if to_the_terminal:
            self._disable_mouse_support()
            self.write("\x1b[?1002l")
        else:
            self._enable_mouse_support()

    def _run_input_thread(self) -> None:
        """Read to the end; Textual's own leaves the exit code at 0 after an error."""
        try:
            self.run_input_thread()
        except Exception as error:
            if not isinstance(self._app, Watched):
                raise
            self._app.crash(error)

    def run_input_thread(self) -> None:
        """Read until the end; a terminal that is gone ends the program."""
        stream = KeyStream(constants.ESCAPE_DELAY)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                text = ""
                if selector.select(TICK):
                    data = self._read()
                    if not data:
                        self._hang_up()
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
            if isinstance(piece, (Pressed, Pasted)):
                self.process_message(piece.event)
                continue
            if piece.startswith("\x1b[?2026;"):
                self._pace.answer()
                self._tell()
            for message in self._parser.parse(piece):
                self.process_message(message)
