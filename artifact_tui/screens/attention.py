"""Which keys a person meant: none that came at once, in a burst, or with others on their heels."""

from __future__ import annotations

DEAF = 0.3
"""Seconds after a question is shown in which no key counts."""
BURST = 0.05
"""Keys closer together than this were not typed for this question: a paste, a held key, a late answer."""
LULL = 0.2
"""Seconds without any other key, before and after the one that confirms."""


class Attention:
    """Fed with the time of every key, in seconds on the clock of the events; pure, so that it can be tested whole."""

    def __init__(self, shown: float) -> None:
        self._shown = shown
        self._last = float("-inf")

    def hear(self, time: float) -> bool:
        """Take note of a key; whether it may count for anything."""
        gap = time - self._last
        self._last = max(time, self._last)
        return time - self._shown >= DEAF and gap >= BURST

    def is_calm(self, time: float) -> bool:
        """Whether nothing came for long enough before ``time`` for something that cannot be undone."""
        return time - self._shown >= DEAF and time - self._last >= LULL
