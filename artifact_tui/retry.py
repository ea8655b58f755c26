"""When a failed try is worth another, and how long to wait for it."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Final

from msgspec import Struct

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import Offline, ProviderError, RateLimited, ServerTrouble

PASSING = (Offline, ServerTrouble, RateLimited)
"""Errors that may be gone at the next try; all others are final."""


class RetryLater(Exception):
    """The next try is so far away that it is waited for elsewhere."""

    def __init__(self, until: datetime, seconds: float, problem: str) -> None:
        super().__init__(problem)
        self.until = until
        self.seconds = seconds
        self.problem = problem


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """Full-jitter back-off in seconds; ``tries`` counts those in a row without a new byte, ``without_progress`` their
    time. A connection that brings less than ``least_rate`` bytes a second over ``stall`` seconds is given up.
    ``second_look`` is the pause before a 404 about an artifact that is to be deleted is believed.

    Why full jitter: many clients that failed together must not come back together (AWS Architecture Blog,
    "Exponential Backoff And Jitter").
    """

    base: float = 0.5
    cap: float = 30.0
    tries: int = 8
    longest_wait: float = 300.0
    without_date: float = 60.0
    without_progress: float = 600.0
    stall: float = 30.0
    least_rate: float = 1024.0
    second_look: float = 2.0

    def delay(self, failures: int, random: Random) -> float:
        """How long to wait after so many failures in a row, counted from 1."""
        return random.uniform(0, min(self.cap, self.base * 2 ** min(failures - 1, 32)))


class Retrier:
    """Counts the failures of one piece of work against a :class:`RetryPolicy`."""

    def __init__(self, policy: RetryPolicy, random: Random, clock: Clock) -> None:
        self.policy: Final = policy
        self._random = random
        self._now = clock.now
        self._monotonic = clock.monotonic
        self.progressed()

    def progressed(self) -> None:
        """Something was gained since the last failure: the count starts again."""
        self._failures = 0
        self._since = self._monotonic()

    def wait_after(self, error: ProviderError) -> float:
        """Seconds until the next try; raises ``error`` itself when there shall be none, or :class:`RetryLater`."""
        if isinstance(error, RateLimited):
            return self._until(error)
        self._failures += 1
        too_long = self._monotonic() - self._since > self.policy.without_progress
        if self._failures >= self.policy.tries or too_long:
            raise error
        return self.policy.delay(self._failures, self._random)

    def _until(self, limited: RateLimited) -> float:
        """The server named the time, so waiting for it is no failure."""
        if limited.until is None:
            self._failures += 1
            if self._failures >= self.policy.tries:
                raise limited
            return self.policy.without_date
        seconds = (limited.until - self._now()).total_seconds()
        if seconds > self.policy.longest_wait:
            raise RetryLater(limited.until, seconds, limited.sentence) from limited
        return max(0.0, seconds)
