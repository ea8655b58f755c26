"""Reproducible random choices for the demo's world."""

import random
from collections.abc import Sequence
from typing import TypeVar

Value = TypeVar("Value")


class Dice:
    """Seeded choices from `random.random()` only, whose sequence is stable across versions of Python."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed).random  # noqa: S311, repeatable on purpose

    def below(self, limit: int) -> int:
        """Return an integer from 0 up to, but not including, `limit`."""
        return int(self.chance() * limit)

    def between(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, values: Sequence[Value]) -> Value:
        """Return one of the values with equal probability."""
        return values[self.below(len(values))]

    def hex(self, digits: int) -> str:
        """Return this many hexadecimal digits."""
        return "".join("0123456789abcdef"[self.below(16)] for _ in range(digits))

    def skewed(self, stops: Sequence[int]) -> int:
        """Return a number in one of the intervals with equal probability; growing stops give many small numbers."""
        stretch = self.below(len(stops) - 1)
        return stops[stretch] + int((stops[stretch + 1] - stops[stretch]) * self.chance())
