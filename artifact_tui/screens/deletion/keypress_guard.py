"""Which keys a person meant: none that came at once, in a burst, or with others on their heels."""

from __future__ import annotations

DEAF = 0.3
"""Seconds after a question is shown in which no key counts."""
BURST = 0.05
"""Keys closer together than this came at once: typed very fast, pasted, held, or a late answer of the terminal."""
LULL = 0.3
"""Seconds without any other key, before and after the one that confirms."""
_OTHER = "·"
"""Stands for a key that is not a digit, or that came too early."""


class KeypressGuard:
    """Detects bursts from the time of every key, in seconds on the event clock; it has no side effects.

    ``in_burst`` says whether the last key came at once with the one before it.
    """

    def __init__(self, shown: float) -> None:
        self._shown = shown
        self._last = float("-inf")
        self.in_burst = False

    def hear(self, time: float) -> bool:
        """Take note of a key; whether it may count for anything."""
        self.in_burst = time - self._last < BURST
        self._last = max(time, self._last)
        return time - self._shown >= DEAF and not self.in_burst

    def is_calm(self, time: float) -> bool:
        """Whether nothing came for long enough before ``time`` for something that cannot be undone."""
        return time - self._shown >= DEAF and time - self._last >= LULL


class CountEntry:
    """The entry of the number ``wanted``, digit by digit or at once; ``typed`` holds the digits that count."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.typed = ""
        self._burst = ""

    @property
    def is_right(self) -> bool:
        """Whether exactly the wanted digits were typed."""
        return self.typed == self.wanted

    def press(self, key: str, *, counts: bool, in_burst: bool) -> bool:
        """Take a digit, ``backspace`` or another key; return False for a burst of digits that cannot count.

        ``counts`` and ``in_burst`` are what :class:`KeypressGuard` says of the key. A burst counts when it is the
        wanted digits, from its first key to its last; any other burst with digits clears what was typed.
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
