"""The number of connections of one large download, which grows while the rate grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

PARALLEL_FROM: Final = 32 * 1024 * 1024  # bytes from which on several connections are faster
FIRST: Final = 4
MOST: Final = 8
_STEP = 2
_PERIOD = 0.05  # seconds of one measurement
_GROWN = 1.1  # times the best rate so far; one connection in eight adds an eighth
_PATIENCE = 20  # measurements without growth after which the number stays


class ConnectionGrowth:
    """Starts with 4 connections, and adds 2, up to 8, each time the rate exceeds the best one so far by a tenth.

    Servers often limit the rate of each connection, not of all together. ``received`` is the
    number of bytes before the first measurement. Only one thread may use an object.
    """

    def __init__(self, monotonic: Callable[[], float], received: int = 0) -> None:
        self.width = FIRST
        self._monotonic = monotonic
        self._since, self._received = monotonic(), received
        self._best = 0.0
        self._flat = 0

    def measure(self, received: int) -> bool:
        """Note the bytes received so far; return whether a measurement ended, so ``width`` may have changed."""
        passed = self._monotonic() - self._since
        if passed < _PERIOD:
            return False
        rate = (received - self._received) / passed
        self._since, self._received = self._since + passed, received
        if rate < self._best * _GROWN:
            self._flat += 1
        elif self._flat < _PATIENCE:
            self.width = min(self.width + _STEP, MOST)
            self._best, self._flat = rate, 0
        return True
