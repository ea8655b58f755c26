"""Finds lines that have moved up or down, so that the terminal can move them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import is_not
from typing import NamedTuple

from artifact_tui.terminal.output.cells import BLANK, CellRow, Grid
from artifact_tui.terminal.output.sgr import PLAIN

LEAST_GAIN = 60
"""Saved cells from which moving lines is worth its bytes."""
EDGE = 2
"""Columns at the right that are ignored, because a scrollbar does not move with its lines."""


class Shift(NamedTuple):
    """The lines from ``top`` to before ``bottom`` move up by ``lines``, or down if negative."""

    top: int
    bottom: int
    lines: int


def find_shift(old: Grid, new: Grid) -> Shift | None:
    """Return the best shift from one grid to the other, if it saves enough."""
    if sum(one != other for one, other in zip(old.rows, new.rows, strict=True)) < 3:  # as after a cursor key
        return None
    before, after = _texts(old), _texts(new)
    if sum(one != other for one, other in zip(before, after, strict=True)) < 3:
        return None
    places: dict[tuple[str, ...], list[int]] = {}
    for line, text in enumerate(before):
        places.setdefault(text, []).append(line)
    votes = Counter(
        line - now for now, text in enumerate(after) if text != before[now] for line in places.get(text, ())[:3]
    )
    best = [(gain, shift) for lines, _ in votes.most_common(2) for gain, shift in _runs(before, after, old, new, lines)]
    gain, shift = max(best, default=(0, None))
    return shift if gain >= LEAST_GAIN else None


def _texts(grid: Grid) -> list[tuple[str, ...]]:
    return [tuple(row.letters[:-EDGE]) for row in grid.rows]


def _runs(
    before: Sequence[tuple[str, ...]], after: Sequence[tuple[str, ...]], old: Grid, new: Grid, lines: int
) -> Iterator[tuple[int, Shift]]:
    """Yield each block of lines that have moved up by ``lines``, with the number of cells that a shift saves."""
    line, height = 0, len(after)
    while line < height:
        start = line
        while line < height and 0 <= line + lines < height and before[line + lines] == after[line]:
            line += 1
        if lines and line - start >= 2:
            shift = Shift(min(start, start + lines), max(line, line + lines), lines)
            yield _gain(old, new, shift), shift
        line += 1


def _gain(old: Grid, new: Grid, shift: Shift) -> int:
    moved = shifted(old.rows, shift)
    return sum(
        _differences(old.rows[line], new.rows[line]) - _differences(moved[line], new.rows[line])
        for line in range(shift.top, shift.bottom)
    )


def _differences(one: CellRow, other: CellRow) -> int:
    letters = sum(map(str.__ne__, one.letters, other.letters))
    return letters + sum(map(is_not, one.looks, other.looks))


def shifted(rows: Sequence[CellRow], shift: Shift) -> list[CellRow]:
    """Return the rows after the shift; new rows are blank and plain."""
    width = len(rows[0].letters)
    fresh = [CellRow([BLANK] * width, [PLAIN] * width) for _ in range(abs(shift.lines))]
    inside = list(rows[shift.top : shift.bottom])
    inside = [*inside[shift.lines :], *fresh] if shift.lines > 0 else [*fresh, *inside[: shift.lines]]
    return [*rows[: shift.top], *inside, *rows[shift.bottom :]]
