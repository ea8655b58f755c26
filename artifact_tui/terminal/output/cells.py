"""The cells of a screen: their letters and looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import get_character_cell_size, split_graphemes
from rich.segment import Segment

from artifact_tui.terminal.output.sgr import PLAIN, Sgr

BLANK = " "
UNKNOWN = "?!"
"""The letter of a cell with unknown content; no real letter is that long."""
BEHIND = ""
"""The letter of the second cell of a wide letter."""


@dataclass(slots=True)
class CellRow:
    """One line of cells: letters and looks in parallel lists."""

    letters: list[str]
    looks: list[Sgr]

    def copy(self) -> CellRow:
        """Return an independent copy."""
        return CellRow(self.letters.copy(), self.looks.copy())

    def put(self, column: int, letters: list[str], looks: list[Sgr]) -> None:
        """Write cells; the remaining half of an overwritten wide letter becomes a blank, as on a terminal."""
        end = column + len(letters)
        if self.letters[column] == BEHIND and column:
            self.letters[column - 1] = BLANK
        if end < len(self.letters) and self.letters[end] == BEHIND:
            self.letters[end] = BLANK
        self.letters[column:end] = letters
        self.looks[column:end] = looks


class Grid:
    """A screen full of cells."""

    def __init__(self, width: int, height: int, letter: str = BLANK) -> None:
        self.width = width
        self.height = height
        self.rows = [CellRow([letter] * width, [PLAIN] * width) for _ in range(height)]

    def paint(self, column: int, line: int, segments: Iterable[Segment], look_of: Callable[[Segment], Sgr]) -> None:
        """Write segments from a cell on, clipped to the screen."""
        if not 0 <= line < self.height:
            return
        row = self.rows[line]
        for segment in segments:
            letters = cells_of(segment.text)
            look = look_of(segment)
            space = self.width - column
            if space <= 0:
                return
            shown = list(letters[:space])
            if len(shown) < len(letters) and letters[space] == BEHIND:
                shown[-1] = BLANK
            if shown:
                row.put(column, shown, [look] * len(shown))
            column += len(letters)


@lru_cache(maxsize=8192)
def cells_of(text: str) -> tuple[str, ...]:
    """Return the cells of a text: combining marks share the cell of their letter, a wide letter takes two."""
    if text.isascii() or all(get_character_cell_size(character) == 1 for character in text):
        return tuple(text)
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        letter = text[start:end]
        if width:
            cells += [letter] + [BEHIND] * (width - 1)
        elif cells:
            last = max(index for index, cell in enumerate(cells) if cell != BEHIND)
            cells[last] += letter
    return tuple(cells)
