"""The time of the next DELETE."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import RateLimited
from artifact_tui.retry import DELETE_LIMITED
from artifact_tui.transfers.disk.shared_pace import SharedPace
from artifact_tui.transfers.errors import Stopped

LEAST: Final = 0.01
"""Seconds before a turn of another program is waited for again."""


class NotYet(Stopped):
    """Another program has the turn, so nothing was sent; the artifact is checked again before the next attempt."""


class DeletePacer:
    """Keeps a second or more between DELETEs, and waits after a rate limit, as GitHub asks.

    https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api

    ``shared`` extends the pace to all programs of the user.
    """

    def __init__(self, interval: float, clock: Clock, *, shared: SharedPace | None = None) -> None:
        self.interval = interval
        self.clock: Final = clock
        self._shared = shared
        self._may_wait = math.inf
        self._lock = threading.Lock()
        self._next = clock.monotonic()
        self._refused = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Send one DELETE in this context; raise :class:`NotYet` while another program has the turn."""
        if self._shared is not None and not self._shared.take():
            self.hold(max(self._shared.left(), self.interval, LEAST))
            raise NotYet
        try:
            yield
        finally:
            self.hold(self.interval)
            if self._shared is not None:
                self._shared.give_back()

    def learn(self) -> None:
        """Wait as long as another program has to; reads a file."""
        if self._shared is not None:
            self.hold(self._shared.left())

    def left(self) -> float:
        """Return the seconds until a request may be sent."""
        with self._lock:
            return max(0.0, self._next - self.clock.monotonic())

    def hold(self, seconds: float) -> None:
        """Send nothing for at least ``seconds``."""
        with self._lock:
            self._hold(seconds)

    def limit_waits(self, seconds: float) -> None:
        """Wait for rate limits at most so long in all from now on; a longer wait raises the error."""
        with self._lock:
            self._may_wait = seconds

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
            seconds = max(told, DELETE_LIMITED.bound(growing) if growing else 1.0)  # the clock may be wrong
            self._may_wait -= seconds
            if self._may_wait < 0:
                raise error
            self._hold(seconds)
        if self._shared is not None:
            self._shared.hold(seconds)

    def _hold(self, seconds: float) -> None:
        self._next = max(self._next, self.clock.monotonic() + seconds)
