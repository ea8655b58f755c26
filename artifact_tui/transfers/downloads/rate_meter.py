"""The rate of received bytes, smoothed over the last seconds."""

from __future__ import annotations

from collections import deque

WINDOW = 4.0
_STEP = 0.1


class RateMeter:
    """The mean rate over a sliding window: it follows a change within seconds and falls to 0 in a stall."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def reset(self, now: float, received: int) -> None:
        """Start measuring now, at ``received`` bytes."""
        self._samples = deque([(now, received)])

    def add(self, now: float, received: int) -> None:
        """Note the bytes received so far; cheap enough for every chunk."""
        if now - self._samples[-1][0] >= _STEP:
            self._samples.append((now, received))
        while len(self._samples) > 1 and self._samples[1][0] <= now - WINDOW:
            self._samples.popleft()

    def rate(self, now: float, received: int) -> float:
        """Return the bytes a second; 0 until there is enough to measure."""
        self.add(now, received)
        since, before = self._samples[0]
        return (received - before) / (now - since) if now - since >= _STEP else 0.0
