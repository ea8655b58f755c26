"""When the next delete may be sent."""

from __future__ import annotations

import threading

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import RateLimited

_TRIES = 8
_AT_LEAST, _AT_MOST = 60.0, 3600.0
"""Seconds: bounds of our own waits; one that the server asks for is taken as it is."""


class DeletePacer:
    """GitHub asks for a second at least between requests that change something, and for patience after a refusal.

    https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    """

    def __init__(self, interval: float, clock: Clock) -> None:
        self.interval = interval
        self._monotonic = clock.monotonic
        self._now = clock.now
        self._lock = threading.Lock()
        self._next = clock.monotonic()
        self._refused = 0

    def left(self) -> float:
        """Seconds until a request may be sent."""
        with self._lock:
            return max(0.0, self._next - self._monotonic())

    def sent(self) -> None:
        """A delete was answered just now."""
        self.hold(self.interval)

    def hold(self, seconds: float) -> None:
        """Nothing may be sent for so long."""
        with self._lock:
            self._next = max(self._next, self._monotonic() + seconds)

    def settled(self) -> None:
        """The server lets us work: its next refusal is a first one."""
        self._refused = 0

    def limited(self, error: RateLimited) -> None:
        """Hold for as long as the server says, and from the second time in a row on for growing minutes at least.

        Raises ``error`` when it goes on refusing. A clock that is wrong can shorten no wait to nothing.
        """
        self._refused += 1
        if self._refused >= _TRIES:
            self._refused = 0
            raise error
        told = (error.until - self._now()).total_seconds() if error.until is not None else 0.0
        growing = self._refused - (error.until is not None)
        own = min(_AT_LEAST * 2.0 ** (growing - 1), _AT_MOST) if growing else 1.0
        self.hold(max(told, own))
