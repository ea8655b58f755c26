"""Selects the columns that the current rows need, and shares the width among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple, TypeVar

from rich.cells import cell_len

from artifact_tui.widgets.row_layout import GAP, Cell, Column, FittedColumn, fit_columns

Item = TypeVar("Item")
MOST_ROWS = 400
"""The number of rows to measure, spread evenly over a longer list, so that its length costs nothing."""
STEP = 4
"""A text that shrinks by less than this many cells keeps them, so that a changing number does not move columns."""


class Contents(NamedTuple):
    """The width of each column's widest text in cells, and the columns with the same text in all rows."""

    widths: tuple[int, ...] = ()
    same: frozenset[int] = frozenset()

    def of(self, indexes: Sequence[int]) -> Contents:
        """Return the contents of these columns, in this order."""
        if not self.widths:
            return self
        same = (place for place, index in enumerate(indexes) if index in self.same)
        return Contents(tuple(self.widths[index] for index in indexes), frozenset(same))

    def after(self, before: Contents) -> Contents:
        """Return the contents of the same rows in a newer state, ignoring small changes of numbers."""
        if len(before.widths) != len(self.widths):
            return self
        pairs = zip(before.widths, self.widths, strict=True)
        return Contents(tuple(old if 0 <= old - new < STEP else new for old, new in pairs), self.same)


def look_at(items: Sequence[Item], cells: Callable[[Item], Sequence[str | Cell]]) -> Contents:
    """Return the contents of at most :data:`MOST_ROWS` rows."""
    step = max(1, -(-len(items) // MOST_ROWS))
    rows = [[text_of(cell) for cell in cells(item)] for item in items[::step]]
    texts = [set(column) for column in zip(*rows, strict=True)]
    widths = tuple(max(map(cell_len, column)) for column in texts)
    return Contents(widths, frozenset(index for index, column in enumerate(texts) if len(rows) > 1 == len(column)))


@lru_cache(maxsize=64)
def share_columns(columns: tuple[Column[Any], ...], contents: Contents, width: int) -> tuple[FittedColumn, ...]:
    """Place the columns in `width` cells as :func:`fit_columns` does, but consider the contents of the rows.

    If the texts do not all fit, columns with the same text in every row are dropped first, except `essential` ones.
    Then flexible columns give their unneeded cells to columns that need more. Without contents, only the widths of the
    columns count.
    """
    if not contents.widths:
        return fit_columns(columns, width)
    going = sorted(
        (index for index in contents.same if not columns[index].essential),
        key=lambda index: (columns[index].priority, index),
    )
    shown = _fitted(columns, set(range(len(columns))) - set(going), width)
    for index in going:
        if _needed(columns, contents, shown | {index}) <= width:
            shown.add(index)
    order = sorted(shown)
    placed = fit_columns(tuple(columns[index] for index in order), width)
    return _level([replace(one, index=order[one.index]) for one in placed], contents)


def _fitted(columns: tuple[Column[Any], ...], candidates: set[int], width: int) -> set[int]:
    order = sorted(candidates)
    return {order[one.index] for one in fit_columns(tuple(columns[index] for index in order), width)}


def _needed(columns: tuple[Column[Any], ...], contents: Contents, shown: set[int]) -> int:
    widths = (max(columns[i].width, contents.widths[i] if columns[i].flexible else 0) for i in shown)
    return sum(widths) + GAP * (len(shown) - 1)


def _level(placed: Sequence[FittedColumn], contents: Contents) -> tuple[FittedColumn, ...]:
    """Give unneeded cells of flexible columns to columns that need more, from left to right."""
    needs = [contents.widths[one.index] if one.column.flexible else one.width for one in placed]
    least = [max(need, len(one.column.label) + 1) for need, one in zip(needs, placed, strict=True)]
    spare = [max(0, one.width - size) for one, size in zip(placed, least, strict=True)]
    lacking = [max(0, need - one.width) for one, need in zip(placed, needs, strict=True)]
    moved = min(sum(spare), sum(lacking))
    x, leveled = 0, []
    for one, less, more in zip(placed, _up_to(moved, spare), _up_to(moved, lacking), strict=True):
        leveled.append(replace(one, x=x, width=one.width - less + more))
        x += leveled[-1].width + GAP
    return tuple(leveled)


def _up_to(total: int, amounts: Sequence[int]) -> list[int]:
    before = [0, *accumulate(amounts)]
    return [min(amount, max(0, total - start)) for amount, start in zip(amounts, before, strict=False)]


def text_of(cell: str | Cell) -> str:
    """Return the text of a cell; empty if it takes other columns too, so that it widens none."""
    return cell if isinstance(cell, str) else "" if cell.spans else cell.text
