"""The waits for rate limits that ``--rate-wait`` allows to downloads."""

from __future__ import annotations

from math import inf

TOLERANCE = 1.0
"""Seconds by which the end of one wait may seem to differ, because it is computed from what is left of it."""


class AllowedWaits:
    """The total time that downloads may wait, in seconds; waits at the same time count once."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._end = -inf
        self._ends: dict[int, float] = {}

    def allows(self, number: int, end: float, now: float) -> bool:
        """Return whether a download may wait until ``end``; asking again about the same wait costs nothing."""
        if abs(self._ends.get(number, -inf) - end) < TOLERANCE:
            return True
        more = max(0.0, end - max(now, self._end))
        if more > self._left:
            return False
        self._left -= more
        self._end = max(self._end, end)
        self._ends[number] = end
        return True
