"""The program's end when somebody else decides it: a signal, or a terminal that is gone.

The event loop may be stuck behind a line that takes nothing more, and a signal's Python handler runs in the very
thread that is stuck. So the signal's number goes through a pipe (``signal.set_wakeup_fd``) to a thread of its own,
which asks the program to end and, if it does not in time, ends it.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

GRACE = 1.5
"""Seconds in which the program may end by itself."""
LAST_FLUSH = 0.3
"""Seconds for what must be on disk, when the program did not."""
DEADLY = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
FROM_SIGNAL = 128
"""Shells report a program that a signal ended as this and the signal's number."""


class SignalWatcher:
    """While it is entered, signals end the program in order; the first one counts."""

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
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup and shells without job control mean it
                self._before[number] = signal.signal(number, _nothing)
        threading.Thread(target=self._watch, name="endings", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def hang_up(self) -> None:
        """End because the terminal is gone, even without a signal; may be called from any thread."""
        self._writer.send(bytes((signal.SIGHUP,)))

    def limit(self, code: int) -> None:
        """End the process with this exit code if it still runs after the grace period; call it once."""
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
    """Do nothing: the signal's number is in the pipe, which needs a handler to be set."""
