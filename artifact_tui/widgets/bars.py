"""The bar of a row: how big it is beside the biggest row, in parts that differ by character and not by color."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_FILLS, _ASCII_FILLS = "█▓░", "#=."
"""The characters of the parts in order; only the first has narrower ones for the end of a bar."""


def share_bar(parts: Sequence[int], biggest: int, cells: int, *, is_ascii: bool = False) -> str:
    """Return a bar of at most ``cells`` for up to three parts, of a row whose biggest neighbor has ``biggest`` in all.

    The parts are laid end to end by their sums, so rounding never makes the bar longer. Each cell shows the part that
    has most of it; the end is drawn in eighths, and a sum above zero takes at least one. ASCII has no eighths: there,
    the end falls on a cell.
    """
    total = sum(parts)
    if total <= 0 or biggest <= 0 or cells <= 0:
        return ""
    step = 1 if is_ascii else 8
    length = min(max(1, _rounded(total * cells * step, biggest)), cells * step)
    width = -(-length // step)
    ends = [0, *(end * cells for end in accumulate(parts))]
    fills = _ASCII_FILLS if is_ascii else _FILLS
    bar = "".join(fills[_biggest_in(ends, cell * biggest, (cell + 1) * biggest)] for cell in range(width))
    return bar[:-1] + _EIGHTHS[length - (width - 1) * 8] if bar[-1] == _FILLS[0] else bar


def _biggest_in(ends: Sequence[int], start: int, stop: int) -> int:
    """Return the part that has most of the cell, the first one of equals."""
    shares = [min(right, stop) - max(left, start) for left, right in pairwise(ends)]
    return shares.index(max(shares))


def _rounded(number: int, by: int) -> int:
    return (2 * number + by) // (2 * by)
