"""The sizes of what the benchmarks measure."""

from __future__ import annotations

from typing import NamedTuple


class Sizes(NamedTuple):
    """Bytes, rows, presses and rounds; the defaults are the sizes of the goals."""

    large: int = 2**30
    capped: int = 2**28
    small: int = 5 * 2**20
    files: int = 20
    listed: int = 10_000
    many: int = 100_000
    longest: int = 260_000
    entries: int = 10_000
    repositories: int = 200
    of_each: int = 300
    presses: int = 20
    moves: int = 7  # keys whose bytes are counted, which differ little
    watched: float = 10.0  # seconds
    rounds: int = 5
    few: int = 3  # rounds of slow measurements


TINY = Sizes(3 * 2**20, 2**20, 2**16, 3, 250, 300, 350, 200, 7, 120, 2, 1, 0.5, 1, 1)
"""To test that everything runs; the figures mean nothing."""
