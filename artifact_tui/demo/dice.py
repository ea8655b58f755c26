"""Repeatable chance for the demo's world."""

import random
from collections.abc import Sequence
from typing import TypeVar

Value = TypeVar("Value")


class Dice:
    """Seeded choices built on `random.random()` alone, whose sequence Python promises to keep."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed).random  # noqa: S311, repeatable on purpose

    def below(self, limit: int) -> int:
        """Return a whole number from 0 up to and without `limit`."""
        return int(self.chance() * limit)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, values: Sequence[Value]) -> Value:
        """One of the values, each as likely."""
        return values[self.below(len(values))]

    def hex(self, digits: int) -> str:
        """Return that many hexadecimal digits."""
        return "".join("0123456789abcdef"[self.below(16)] for _ in range(digits))

    def skewed(self, stops: Sequence[int]) -> int:
        """Return a number between the stops, each stretch as likely: growing stops give many small, few giants."""
        stretch = self.below(len(stops) - 1)
        return stops[stretch] + int((stops[stretch + 1] - stops[stretch]) * self.chance())
