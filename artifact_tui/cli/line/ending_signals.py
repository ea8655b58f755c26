"""SIGINT, SIGTERM and SIGHUP of a command that finishes what it has begun."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from artifact_tui.cli.standard_streams import end_by_signal

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class EndingSignals:
    """The first signal sets ``name`` and calls ``heard``; a second one ends the process at once."""

    def __init__(self, heard: Callable[[], object]) -> None:
        self.name = ""
        self._heard = heard

    def hear(self, number: signal.Signals) -> None:
        """Handle one signal in the event loop."""
        if self.name:
            end_by_signal(number.name)
        self.name = number.name
        self._heard()

    def end_if_heard(self) -> None:
        """End the process by the signal that was heard, if any."""
        if self.name:
            end_by_signal(self.name)


@contextmanager
def ending_signals(heard: Callable[[], object]) -> Iterator[EndingSignals]:
    """Handle the signals in this context; ignored ones (``nohup``) stay ignored."""
    signals, loop = EndingSignals(heard), asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    handled = [number for number in _SIGNALS if before[number] is not signal.SIG_IGN]
    for number in handled:
        loop.add_signal_handler(number, signals.hear, number)
    try:
        yield signals
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
