"""Bytes on their way to the terminal, in a thread of their own: a line that is stuck stops nobody else."""

from __future__ import annotations

import os
import select
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread

PIECE = 4096
"""Bytes given to the kernel at once: as much as a pseudo-terminal takes."""
ROOM = 0.1
"""Seconds between two looks at whether a full line is not wanted any more."""


class Writer:
    """Takes text at any time and never waits; ``drained`` is called from its thread when all has been taken."""

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
        """Whether the terminal has taken all there was."""
        with self._changed:
            return not (self._waiting or self._busy)

    def write(self, text: str) -> None:
        """Hand over text, which is sent as UTF-8 whatever the locale says."""
        with self._changed:
            if not self._stopped:
                self._waiting.append(text.encode("utf-8", "replace"))
                self._changed.notify_all()

    def stop(self, timeout: float) -> bool:
        """Send what there is, within so many seconds; whether all was sent."""
        with self._changed:
            done = self._changed.wait_for(lambda: not (self._waiting or self._busy), timeout)
            self._stopped = True
            self._changed.notify_all()
        self._thread.join(timeout + 2 * ROOM)
        return done

    def _run(self) -> None:
        try:
            while (data := self._next()) and self._send(data):
                if self._rest():
                    self._drained()
        finally:
            os.close(self._descriptor)

    def _rest(self) -> bool:
        """Whether nothing has come meanwhile."""
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            return not self._waiting

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
        """Whether there is still somebody to send to, and something to send."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest[:PIECE]) :]
            except BlockingIOError:
                select.select((), (self._descriptor,), (), ROOM)
                if self._stopped:
                    return False
            except OSError:
                with self._changed:
                    self._stopped, self._busy = True, False
                    self._changed.notify_all()
                return False
        return True


def _open_again(descriptor: int) -> int:
    """Open the terminal once more, where writing shall not wait: that must not become a property of the shell's.

    A write that waits holds the terminal's lock, so that nothing else could be written to restore it.
    """
    try:
        return os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # no terminal, or that of the user before su
        return os.dup(descriptor)
