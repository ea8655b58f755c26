"""The time of the next DELETE."""

from __future__ import annotations

import threading
from typing import Final

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import RateLimited
from artifact_tui.retry import DELETE_LIMITED


class DeletePacer:
    """Keeps a second or more between DELETEs, and waits after a rate limit, as GitHub asks.

    https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    """

    def __init__(self, interval: float, clock: Clock) -> None:
        self.interval = interval
        self.clock: Final = clock
        self._lock = threading.Lock()
        self._next = clock.monotonic()
        self._refused = 0

    def left(self) -> float:
        """Return the seconds until a request may be sent."""
        with self._lock:
            return max(0.0, self._next - self.clock.monotonic())

    def hold(self, seconds: float) -> None:
        """Send nothing for at least ``seconds``."""
        with self._lock:
            self._hold(seconds)

    def settled(self) -> None:
        """Reset the count of rate limits, because the server deletes again."""
        with self._lock:
            self._refused = 0

    def limited(self, error: RateLimited) -> None:
        """Hold as long as the server says, longer after each one in a row; raise ``error`` after too many."""
        told = (error.until - self.clock.now()).total_seconds() if error.until is not None else 0.0
        with self._lock:
            self._refused += 1
            if self._refused >= DELETE_LIMITED.tries:
                self._refused = 0
                raise error
            growing = self._refused - (error.until is not None)
            self._hold(max(told, DELETE_LIMITED.bound(growing) if growing else 1.0))  # the clock may be wrong

    def _hold(self, seconds: float) -> None:
        self._next = max(self._next, self.clock.monotonic() + seconds)
