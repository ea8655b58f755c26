"""The number of connections of one large download, which grows while the rate grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

PARALLEL_FROM: Final = 32 * 1024 * 1024  # bytes from which on several connections are faster
FIRST: Final = 2
MOST: Final = 8
_ENOUGH = 250_000_000  # bytes a second at which this machine's processor is the limit, not the connections
_FIRST_PERIOD, _PERIOD = 0.02, 0.05  # seconds of one measurement
_GROWN = 1.1  # times the best rate so far
_PATIENCE = 20  # measurements without growth after which the number stays


class ConnectionGrowth:
    """Starts with 2 connections, and doubles them, up to 8, each time the rate exceeds the best one by a tenth.

    Servers often limit the rate of each connection, not of all together. On a very fast link, more connections only
    take processor time. Only one thread may use an object.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.width = FIRST
        self._monotonic = monotonic
        self._since, self._received = 0.0, 0
        self._period = _FIRST_PERIOD
        self._best = 0.0
        self._flat = 0

    def start(self, received: int) -> None:
        """Begin the first measurement, after so many bytes."""
        self._since, self._received = self._monotonic(), received

    def measure(self, received: int) -> bool:
        """Note the bytes received so far; return whether a measurement ended, so ``width`` may have changed."""
        passed = self._monotonic() - self._since
        if passed < self._period:
            return False
        rate = (received - self._received) / passed
        self._since, self._received, self._period = self._since + passed, received, _PERIOD
        if rate >= _ENOUGH:
            return True
        if rate < self._best * _GROWN:
            self._flat += 1
        elif self._flat < _PATIENCE:
            self.width = min(2 * self.width, MOST)
            self._best, self._flat = rate, 0
        return True
