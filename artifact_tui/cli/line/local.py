"""What a command without a server works with."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.standard_streams import is_writing

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime, timedelta
    from types import FrameType

    from artifact_tui.cli.line.stderr import Messages


class LocalContext:
    """Options, environment and messages of one command."""

    def __init__(
        self, options: Namespace, environ: Mapping[str, str], messages: Messages, clock: Callable[[], datetime]
    ) -> None:
        self.options = options
        self.environ = environ
        self.messages = messages
        self.clock = clock


@contextmanager
def time_limit(limit: timedelta | None) -> Iterator[None]:
    """Raise LineError in the main thread if the block is not left in time."""
    if limit is None:
        yield
        return

    def ring(number: int, frame: object) -> None:
        raise timed_out(limit)

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit.total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt at the first Ctrl+C if a frozen reader blocks the main thread.

    The handler before, that of asyncio, only cancels the main task, which does not end a write.
    """
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        if is_writing():
            raise KeyboardInterrupt
        before(number, frame)

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def timed_out(limit: timedelta) -> LineError:
    """Return the error of ``--timeout``."""
    return LineError("timeout", f"Not finished after {limit.total_seconds():g} s (--timeout).", "Allow more time.")
