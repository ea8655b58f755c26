"""The cells of a screen: what stands in each, and in which look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from rich.cells import get_character_cell_size, split_graphemes
from rich.segment import Segment

from artifact_tui.terminal.output.sgr import PLAIN, Sgr

BLANK = " "
UNKNOWN = "?!"
"""What stands in a cell of which nothing is known; no letter is that long."""
BEHIND = ""
"""What stands in the second cell of a wide letter."""


class CellRow:
    """One line of cells: letters and looks side by side, compared as lists."""

    __slots__ = ("letters", "looks")

    def __init__(self, letters: list[str], looks: list[Sgr]) -> None:
        self.letters = letters
        self.looks = looks

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CellRow) and self.letters == other.letters and self.looks == other.looks

    __hash__ = None  # type: ignore[assignment]  # rows change

    def copy(self) -> CellRow:
        """Return the same cells, to be changed apart."""
        return CellRow(self.letters.copy(), self.looks.copy())

    def put(self, column: int, letters: list[str], looks: list[Sgr]) -> None:
        """Write cells; half of a wide letter that is left over becomes a blank, as on a terminal."""
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
        """Write segments from a cell on; what stands outside of the screen is cut off."""
        if not 0 <= line < self.height:
            return
        row = self.rows[line]
        for segment in segments:
            letters = cells_of(segment.text)
            look = look_of(segment)
            room = self.width - column
            if room <= 0:
                return
            shown = list(letters[:room])
            if len(shown) < len(letters) and letters[room] == BEHIND:
                shown[-1] = BLANK
            if shown:
                row.put(column, shown, [look] * len(shown))
            column += len(letters)


@lru_cache(maxsize=8192)
def cells_of(text: str) -> tuple[str, ...]:
    """Return the cells that a text takes: marks stand with their letter, a wide letter takes two."""
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
