"""The end of a command by a signal or by its time limit: unfinished work is kept, then the process ends.

A signal ends it by itself, because a shell stops its loop only then, and not if the command exits with 130.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Self

_active: list[Interruption] = []
"""The contexts that are entered, for the time limit."""
SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
TELLING, TELLING_BLOCKED = 2.0, 0.3
"""Seconds for the last line: on a busy machine, and if standard error is blocked."""


class Interruption:
    """A context in which the first signal calls ``keep``, and a second one ends the process at once.

    ``keep`` runs in another thread, because the main thread may be blocked, and ``tell`` gets the sentence it returns.
    The main thread must wait for the end of the process then. Signals that are ignored (nohup) stay ignored.
    """

    def __init__(self, keep: Callable[[], str], tell: Callable[[str], object]) -> None:
        self._keep = keep
        self._tell = tell
        self._before: dict[int, signal.Handlers | Callable[[int, FrameType | None], object] | int | None] = {}
        self._reader, self._writer = os.pipe()
        self._thread = threading.Thread(target=self._wait, name="signals", daemon=True)

    def __enter__(self) -> Self:
        """Take the signals over; call it in the main thread."""
        self._thread.start()
        _active.append(self)
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._caught)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        _active.remove(self)
        os.write(self._writer, b"\0")
        self._thread.join()
        os.close(self._reader)
        os.close(self._writer)

    def keep(self) -> None:
        """Keep unfinished work, and tell it unless standard error is blocked."""
        tell_soon(partial(self._tell, self._keep()))

    def _caught(self, number: int, frame: FrameType | None) -> None:
        for each in self._before:
            signal.signal(each, signal.SIG_DFL)
        os.write(self._writer, bytes((number,)))  # takes no lock, which the interrupted code may hold

    def _wait(self) -> None:
        number = os.read(self._reader, 1)[0]
        if not number:
            return
        try:
            self.keep()
        finally:  # whatever happens, the signal ends the process
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
            os.kill(os.getpid(), number)


class HardLimit:
    """An end of the process after some seconds, for a main thread that is blocked, as by a reader that is frozen.

    Unfinished work is kept as after a signal, then ``tell`` is called, and ``end`` ends the process.
    """

    def __init__(self, seconds: float, tell: Callable[[], object], end: Callable[[], object]) -> None:
        self._tell = tell
        self._end = end
        self._lock = threading.Lock()
        self._timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._over)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Let the process live; if it is about to end, wait for that."""
        with self._lock:
            self._timer.cancel()

    def _over(self) -> None:
        with self._lock:
            if self._timer.finished.is_set():  # cancelled while this waited
                return
            try:
                for interruption in _active:
                    interruption.keep()
                tell_soon(self._tell)
            finally:
                self._end()


def tell_soon(tell: Callable[[], object]) -> None:
    """Call in another thread, because it writes to standard error; wait at most :data:`TELLING`."""
    from artifact_tui.cli.line.progress_thread import is_writable

    patience = TELLING if is_writable() else TELLING_BLOCKED
    telling = threading.Thread(target=tell, name="last line", daemon=True)
    telling.start()
    telling.join(patience)
