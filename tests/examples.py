"""How many examples a property test tries."""

from __future__ import annotations

import hypothesis


def examples(number: int) -> int:
    """Return this number among the slow tests, and a quarter of it by default."""
    return max(5, number * hypothesis.settings().max_examples // 100)
