"""When a failed try is worth another, and how long to wait for it: the one place for back-off and its numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import inf
from random import Random
from typing import Final

from msgspec import Struct

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import Offline, ProviderError, RateLimited, ServerTrouble

PASSING = (Offline, ServerTrouble, RateLimited)
"""Errors that may be gone at the next try; all others are final."""
STALL: Final = 30.0
"""Seconds without a byte after which a connection is given up."""


class RetryLater(Exception):
    """The next try is so far away that it is waited for elsewhere."""

    def __init__(self, until: datetime, seconds: float, problem: str) -> None:
        super().__init__(problem)
        self.until = until
        self.seconds = seconds
        self.problem = problem


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """Back-off from ``base`` seconds, doubling up to ``cap``; ``tries`` counts those in a row without any gain.

    A wait that the server asks for is taken as it is up to ``longest_wait``; ``without_date`` is the wait where it
    names no time. Nothing is tried again after ``budget`` seconds without any gain.
    """

    tries: int
    base: float
    cap: float = inf
    longest_wait: float = inf
    without_date: float = 60.0
    budget: float = inf
    stall: float = STALL
    """A connection that brings less than ``least_rate`` for so long is given up, too."""
    least_rate: float = 1024.0
    """Bytes a second."""
    second_look: float = 2.0
    """The wait before a 404 about an artifact that is to be deleted is believed."""

    def bound(self, failures: int) -> float:
        """Return the wait after so many failures in a row, counted from 1, without jitter."""
        return min(self.cap, self.base * 2.0 ** min(failures - 1, 32))

    def delay(self, failures: int, draw: Callable[[], float]) -> float:
        """Return the wait with full jitter; ``draw`` gives random numbers from 0 to 1.

        Why: many clients that failed together must not come back together (AWS Architecture Blog, "Exponential
        Backoff And Jitter").
        """
        return draw() * self.bound(failures)


API_READ: Final = RetryPolicy(tries=3, base=0.5, longest_wait=5.0)
"""A GET of the API."""
DOWNLOAD: Final = RetryPolicy(tries=8, base=0.5, cap=30.0, longest_wait=300.0, budget=600.0)
"""The bytes of an artifact, where each new byte is a gain; and what passes while deleting, but for rate limits."""
DELETE_LIMITED: Final = RetryPolicy(tries=8, base=60.0, cap=3600.0)
"""Rate limits while deleting, without jitter, because one thread sends all deletes."""


class Retrier:
    """Counts the failures of one piece of work against a :class:`RetryPolicy`."""

    def __init__(self, policy: RetryPolicy, random: Random, clock: Clock) -> None:
        self.policy: Final = policy
        self._random = random
        self._now = clock.now
        self._monotonic = clock.monotonic
        self.progressed()

    def progressed(self) -> None:
        """Count from the start again, because something was gained since the last failure."""
        self._failures = 0
        self._since = self._monotonic()

    def wait_after(self, error: ProviderError) -> float:
        """Return the seconds until the next try; raise ``error`` if there is to be none, or :class:`RetryLater`."""
        if isinstance(error, RateLimited):
            return self._until(error)
        self._failures += 1
        too_long = self._monotonic() - self._since > self.policy.budget
        if self._failures >= self.policy.tries or too_long:
            raise error
        return self.policy.delay(self._failures, self._random.random)

    def _until(self, limited: RateLimited) -> float:
        """Return the time that the server named, waiting for which is no failure."""
        if limited.until is None:
            self._failures += 1
            if self._failures >= self.policy.tries:
                raise limited
            return self.policy.without_date
        seconds = (limited.until - self._now()).total_seconds()
        if seconds > self.policy.longest_wait:
            raise RetryLater(limited.until, seconds, limited.sentence) from limited
        return max(0.0, seconds)
