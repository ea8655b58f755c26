"""Ends the program after a signal, or when the terminal is gone.

The event loop may be blocked, and Python's signal handlers run in the same thread. So the signal number goes through a
pipe (``signal.set_wakeup_fd``) to a separate thread, which asks the program to end and, if it does not, ends it.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Self

GRACE = 1.5
"""Seconds in which the program may end by itself."""
LAST_FLUSH = 0.3
"""Seconds to flush data to disk if it did not."""
DEADLY = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
FROM_SIGNAL = 128
"""The exit code after a signal, as in shells, is this plus the signal number."""


class SignalWatcher:
    """A context in which signals end the program in an orderly way; the first one counts."""

    def __init__(
        self, ask: Callable[[int], object], flush: Callable[[float], object], restore: Callable[[], object]
    ) -> None:
        self._ask = ask
        self._flush = flush
        self._restore = restore
        self._reader, self._writer = socket.socketpair()
        self._before: dict[int, signal.Handlers | Callable[[int, FrameType | None], object] | int | None] = {}
        self._wakeup = -1

    def __enter__(self) -> Self:
        self._writer.setblocking(False)
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in DEADLY:
            if signal.getsignal(number) is not signal.SIG_IGN:  # respect nohup and shells without job control
                self._before[number] = signal.signal(number, _nothing)
        threading.Thread(target=self._watch, name="endings", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def hang_up(self) -> None:
        """End the program because the terminal is gone; may be called from any thread."""
        self._writer.send(bytes((signal.SIGHUP,)))

    def limit(self, code: int) -> None:
        """End the process with this exit code if it still runs after the grace period. Call it once."""
        threading.Thread(target=self._end_late, args=(code,), name="endings-limit", daemon=True).start()

    def _watch(self) -> None:
        deadly = {int(number) for number in DEADLY}
        number = 0
        while number not in deadly:
            number = self._reader.recv(1)[0]
        self._ask(FROM_SIGNAL + number)
        self._end_late(FROM_SIGNAL + number)

    def _end_late(self, code: int) -> None:
        threading.Event().wait(GRACE)
        flushing = threading.Thread(target=self._flush, args=(LAST_FLUSH,), daemon=True)
        flushing.start()
        flushing.join(LAST_FLUSH * 1.5)
        self._restore()
        os._exit(code)


def _nothing(number: int, frame: FrameType | None) -> None:
    """Do nothing: the pipe gets the signal number only if a handler is set."""
