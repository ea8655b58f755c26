"""Back-off: which failures are retried, and after how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from math import inf
from random import Random
from typing import Final

from msgspec import Struct

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import Offline, ProviderError, RateLimited, ServerTrouble

PASSING = (Offline, ServerTrouble, RateLimited)
"""Temporary errors; all others are final."""
STALL: Final = 30.0
"""Seconds without a byte after which a connection is closed."""


class RetryLater(Exception):
    """The server asks for a wait too long for the caller's thread, so the work is queued until then."""

    def __init__(self, until: datetime, seconds: float, problem: str) -> None:
        super().__init__(problem)
        self.until = until
        self.seconds = seconds
        self.problem = problem


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """Back-off from ``base`` seconds, doubling up to ``cap``; ``tries`` counts attempts in a row without progress.

    ``longest_wait`` is the longest wait that is accepted from the server, ``without_date`` the wait if it names no
    time. After ``budget`` seconds without progress, there is no further attempt.
    """

    tries: int
    base: float
    cap: float = inf
    longest_wait: float = inf
    without_date: float = 60.0
    budget: float = inf
    stall: float = STALL
    """Seconds below ``least_rate`` after which a connection is closed, too."""
    least_rate: float = 1024.0
    """Bytes per second."""
    second_look: float = 2.0
    """Seconds before a 404 about an artifact to delete is checked a second time."""

    def bound(self, failures: int) -> float:
        """Return the seconds to wait after this many failures in a row, counted from 1, without jitter."""
        return min(self.cap, self.base * 2.0 ** min(failures - 1, 32))

    def delay(self, failures: int, draw: Callable[[], float]) -> float:
        """Return the wait with full jitter (AWS, "Exponential Backoff And Jitter"); ``draw`` returns 0 to 1."""
        return draw() * self.bound(failures)


API_READ: Final = RetryPolicy(tries=3, base=0.5, longest_wait=5.0)
"""GET requests to the API."""
DOWNLOAD: Final = RetryPolicy(tries=8, base=0.5, cap=30.0, longest_wait=300.0, budget=600.0)
"""Artifact bytes, where each new byte is progress; and errors while deleting, except rate limits."""
DELETE_LIMITED: Final = RetryPolicy(tries=8, base=60.0, cap=3600.0)
"""Rate limits while deleting; no jitter, because one thread sends all deletes."""


class Retrier:
    """A counter of the failures of one piece of work, under a :class:`RetryPolicy`."""

    def __init__(self, policy: RetryPolicy, random: Random, clock: Clock) -> None:
        self.policy: Final = policy
        self._random = random
        self._now = clock.now
        self._monotonic = clock.monotonic
        self.progressed()

    def progressed(self) -> None:
        """Reset the count after progress."""
        self._failures = 0
        self._since = self._monotonic()

    def wait_after(self, error: ProviderError) -> float:
        """Return the seconds until the next attempt, or raise ``error`` or :class:`RetryLater` if there is none."""
        if isinstance(error, RateLimited):
            return self._until(error)
        self._failures += 1
        too_long = self._monotonic() - self._since > self.policy.budget
        if self._failures >= self.policy.tries or too_long:
            raise error
        return self.policy.delay(self._failures, self._random.random)

    def _until(self, limited: RateLimited) -> float:
        """Return the seconds until the time that the server named; such a wait is not a failure."""
        now, until = self._now(), limited.until
        if until is None:
            self._failures += 1
            if self._failures >= self.policy.tries:
                raise limited
            until = now + timedelta(seconds=self.policy.without_date)
        seconds = (until - now).total_seconds()
        if seconds > self.policy.longest_wait:
            raise RetryLater(until, seconds, limited.sentence) from limited
        return max(0.0, seconds)
