"""Writes to the terminal in a separate thread, so that a stalled connection does not block the program."""

from __future__ import annotations

import os
import select
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread

PIECE = 4096
"""Bytes per write: the capacity of a pseudo-terminal."""
POLL = 0.1
"""Seconds between two checks for ``stop`` while the terminal takes no output."""


class Writer:
    """Accepts text without blocking; its thread calls ``drained`` when all text is written."""

    def __init__(self, descriptor: int, drained: Callable[[], None]) -> None:
        self._descriptor = _open_again(descriptor)
        self._drained = drained
        self._changed = Condition()
        self._waiting: deque[bytes] = deque()
        self._busy = self._stopped = False
        self._thread = Thread(target=self._run, name="terminal-writer", daemon=True)
        self._thread.start()

    @property
    def is_idle(self) -> bool:
        """Whether the terminal has taken all text."""
        with self._changed:
            return not (self._waiting or self._busy)

    def write(self, text: str) -> None:
        """Queue text, which is sent as UTF-8 in any locale."""
        with self._changed:
            if not self._stopped:
                self._waiting.append(text.encode("utf-8", "replace"))
                self._changed.notify_all()

    def stop(self, timeout: float) -> bool:
        """Send the queued text within ``timeout`` seconds, and return whether all was sent."""
        with self._changed:
            done = self._changed.wait_for(lambda: not (self._waiting or self._busy), timeout)
            self._stopped = True
            self._changed.notify_all()
        self._thread.join(timeout + 2 * POLL)
        return done

    def _run(self) -> None:
        try:
            while (data := self._next()) and self._send(data):
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()
                    is_drained = not self._waiting
                if is_drained:
                    self._drained()
        finally:
            os.close(self._descriptor)

    def _next(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopped)
            if self._stopped:
                return b""
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._busy = True
            return data

    def _send(self, data: bytes) -> bool:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest[:PIECE]) :]
            except BlockingIOError:
                select.select((), (self._descriptor,), (), POLL)
                if self._stopped:
                    return False
            except OSError:
                with self._changed:
                    self._stopped, self._busy = True, False
                    self._changed.notify_all()
                return False
        return True


def _open_again(descriptor: int) -> int:
    """Open the terminal again for non-blocking writes, without changing the descriptor that the shell shares.

    A blocked write holds the terminal's lock, so nothing else could be written to restore it.
    """
    try:
        return os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # not a terminal, or the terminal of another user, after su
        return os.dup(descriptor)
