"""Detection of connections that are too slow."""

from __future__ import annotations

from collections.abc import Callable

from artifact_tui.domain.provider import ServerTrouble
from artifact_tui.retry import RetryPolicy
from artifact_tui.text import size


class StallDetector:
    """Detects whether one connection is too slow; used at each chunk."""

    def __init__(self, policy: RetryPolicy, monotonic: Callable[[], float]) -> None:
        self._policy = policy
        self._monotonic = monotonic
        self._since = monotonic()
        self._bytes = 0

    def beat(self, received: int) -> None:
        """Note received bytes; raise :class:`ServerTrouble` if they arrive too slowly."""
        self._bytes += received
        passed = self._monotonic() - self._since
        if passed < self._policy.stall:
            return
        if self._bytes < passed * self._policy.least_rate:
            raise ServerTrouble(f"Download too slow ({size(int(self._bytes / passed))}/s).", "Try again.")
        self._since, self._bytes = self._monotonic(), 0
