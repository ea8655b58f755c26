"""The entry of a number of days: digits replace the value, and noise leaves it as it was."""

from __future__ import annotations

_MOST_DIGITS = 4


class DaysEntry:
    """A number of days from 1 to ``most``; ``text`` is what is typed, ``value`` is None unless it is such a number."""

    def __init__(self, days: int, most: int) -> None:
        self.text = str(days)
        self.most = most
        self._is_typed = False  # whether another digit is added to the text instead of replacing it
        self._before = self.text, self._is_typed  # the state before the burst of keys
        self._is_noise = False  # whether something else than digits came in the burst

    @property
    def value(self) -> int | None:
        """The days; None for a number out of range, or nothing."""
        return int(self.text) if self.text and 1 <= int(self.text) <= self.most else None

    def change(self, days: int) -> None:
        """Add days, and stay in the range."""
        start = self.value if self.value is not None else self.most if self.text else 0
        self.text, self._is_typed = str(max(1, min(self.most, start + days))), False

    def press(self, key: str, *, counts: bool, in_burst: bool) -> bool:
        """Handle a digit, ``backspace`` or another key; return False for a burst that is not only digits.

        ``counts`` and ``in_burst`` are from :class:`~.screens.dialogs.keypress_guard.KeypressGuard`. Digits count in a
        burst too, because slow lines deliver together what was typed one by one; with anything else in it, the whole
        burst does not count.
        """
        is_digit = len(key) == 1 and key.isascii() and key.isdecimal()
        if not in_burst:
            self._before, self._is_noise = (self.text, self._is_typed), not (counts and is_digit)
        elif self._is_noise:
            return not is_digit
        elif not is_digit:
            self._is_noise = True
            self.text, self._is_typed = self._before
            return False
        if is_digit and not self._is_noise:
            self.text = (self.text + key if self._is_typed else key)[:_MOST_DIGITS]
            self._is_typed = True
        elif key == "backspace" and counts:
            self.text, self._is_typed = self.text[:-1], True
        return True
