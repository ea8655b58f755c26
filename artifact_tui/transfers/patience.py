"""When a failed try is worth another, and how long to wait for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from msgspec import Struct

from artifact_tui.provider import Offline, ProviderError, RateLimited, ServerTrouble
from artifact_tui.text import clock_time

PASSING = (Offline, ServerTrouble, RateLimited)
"""Errors that may be gone at the next try; all others are final."""


class Patience(Struct, frozen=True, kw_only=True):
    """Full-jitter back-off in seconds; ``tries`` counts those in a row without a new byte.

    Why full jitter: many clients that failed together must not come back together (AWS Architecture Blog,
    "Exponential Backoff And Jitter").
    """

    base: float = 0.5
    cap: float = 30.0
    tries: int = 8
    longest_wait: float = 300.0
    without_date: float = 60.0

    def delay(self, failures: int, random: Random) -> float:
        """How long to wait after so many failures in a row, counted from 1."""
        return random.uniform(0, min(self.cap, self.base * 2 ** min(failures, 32)))


class Tries:
    """Counts the failures of one piece of work against a :class:`Patience`."""

    def __init__(self, patience: Patience, random: Random, now: Callable[[], datetime]) -> None:
        self._patience = patience
        self._random = random
        self._now = now
        self._failures = 0

    def progressed(self) -> None:
        """Something was gained since the last failure: the count starts again."""
        self._failures = 0

    def wait_after(self, error: ProviderError) -> float:
        """Seconds until the next try; raises ``error`` itself when there shall be none."""
        self._failures += 1
        if self._failures >= self._patience.tries:
            raise error
        if not isinstance(error, RateLimited):
            return self._patience.delay(self._failures, self._random)
        seconds = self._patience.without_date
        if error.until is not None:
            seconds = max(0.0, (error.until - self._now()).total_seconds())
        if seconds > self._patience.longest_wait:
            raise RateLimited(error.sentence, f"Retry in {clock_time(seconds)}.", until=error.until) from error
        return seconds
