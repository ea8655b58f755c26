"""Detects deliberate key presses: not simultaneous, not in a burst, not followed by others at once."""

from __future__ import annotations

DEAF = 0.3  # seconds after the question appears during which no key counts
BURST = 0.05  # keys closer together than this many seconds were pasted, held, or sent by the terminal as a late reply
LULL = 0.3  # seconds without another key, before and after the one that confirms
_OTHER = "·"  # stands for a key that is not a digit, or that is too early


class KeypressGuard:
    """Detects bursts from key times, in seconds of the event clock; ``in_burst`` is about the last key."""

    def __init__(self, shown: float) -> None:
        self._shown = shown
        self._last = float("-inf")
        self.in_burst = False

    def hear(self, time: float) -> bool:
        """Record a key; return whether it may count."""
        self.in_burst = time - self._last < BURST
        self._last = max(time, self._last)
        return time - self._shown >= DEAF and not self.in_burst

    def is_calm(self, time: float) -> bool:
        """Return whether there was no key for long enough before ``time`` to confirm something irreversible."""
        return time - self._shown >= DEAF and time - self._last >= LULL


class CountEntry:
    """The entry of the number ``wanted``, digit by digit or in a burst; ``typed`` holds the digits that count."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.typed = ""
        self._burst = ""

    def press(self, key: str, *, counts: bool, in_burst: bool) -> bool:
        """Handle a digit, ``backspace`` or another key; return False for a burst of digits that cannot count.

        ``counts`` and ``in_burst`` are from :class:`KeypressGuard`. A burst counts if it is exactly the wanted digits;
        any other burst with digits clears the entry.
        """
        is_digit = len(key) == 1 and key.isascii() and key.isdecimal()
        came_early = not counts and not in_burst
        self._burst = (self._burst if in_burst else "") + (key if is_digit and not came_early else _OTHER)
        if in_burst and any(one != _OTHER for one in self._burst):
            self.typed = self.wanted if self._burst == self.wanted else ""
            return self.wanted.startswith(self._burst)
        if counts and is_digit:
            self.typed = (self.typed + key)[: len(self.wanted) + 1]
        elif counts and key == "backspace":
            self.typed = self.typed[:-1]
        return True
