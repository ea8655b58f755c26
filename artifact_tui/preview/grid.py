"""Tables in columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from artifact_tui.preview.line import HEADING, PLAIN, Piece, Style, StyledLine, line, shown

GAP = "  "
WIDEST = 60

Cell = str | tuple[str, Style]


def grid(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], *, right: frozenset[int] = frozenset()
) -> list[StyledLine]:
    """Return a header and rows; columns fit their widest text, and those in ``right`` are right-aligned."""
    table: list[list[tuple[str, Style]]] = [[(name, HEADING) for name in head]] if head else []
    table += [[_cell(cell) for cell in row] for row in rows]
    columns = max(map(len, table), default=0)
    widths = [max((cell_width(row[at][0]) for row in table if at < len(row)), default=0) for at in range(columns)]
    return [line(*_row(row, widths, right)) for row in table]


def _cell(cell: Cell) -> tuple[str, Style]:
    text, style = (cell, PLAIN) if isinstance(cell, str) else cell
    text = shown(text.replace("\n", " ⏎ "))
    return (text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"), style


def _row(row: list[tuple[str, Style]], widths: list[int], right: frozenset[int]) -> Iterable[Piece]:
    for at, (text, style) in enumerate(row):
        padding = " " * (widths[at] - cell_width(text))
        gap = GAP if at else ""
        if at in right:
            yield gap + padding
            yield text, style
        else:
            yield gap
            yield text, style
            if at + 1 < len(row):
                yield padding


def cell_width(text: str) -> int:
    """Return the width in cells: two for wide characters (Unicode Standard Annex 11), none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
