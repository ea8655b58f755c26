"""Encodes cells in few bytes, using the known cursor position and look of the terminal.

Sequences by their names in ECMA-48: CUP, CUF, CNL and CHA move the cursor, EL and ECH erase, DL and IL move lines
within the margins of DECSTBM. Line wrap is off, as Textual sets it; after the last column, the cursor position is
unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, east_asian_width

from artifact_tui.terminal.output.cells import BLANK, CellRow
from artifact_tui.terminal.output.sgr import PLAIN, Sgr, change_look

LEAST_ERASED = 10
"""Blanks in the middle of a line from which erasing and moving takes fewer bytes."""
LEAST_REST = 3
"""Blanks at the end of a line from which erasing takes fewer bytes."""


class Talent(NamedTuple):
    """The features of a terminal beyond cursor moves, looks and erasing to the end of a line."""

    erases_in_color: bool = True  # erased cells get the current background (terminfo bce)
    erases_cells: bool = True  # ECH
    moves_lines: bool = True  # DL, IL and margins
    finds_columns: bool = True  # CHA


def talent_of(terminal: str) -> Talent:
    """Return the features for a value of ``TERM``; unknown names get those of a VT100."""
    name = terminal.partition("-")[0]
    if name in {"xterm", "tmux", "linux", "alacritty", "foot", "kitty", "rxvt", "konsole", "vte", "wezterm", "ghostty"}:
        return Talent()
    if name == "screen":  # where erasing in color is a user setting
        return Talent(erases_in_color=False)
    return Talent(False, False, False, False)


@lru_cache(maxsize=4096)
def _is_narrow(letter: str) -> bool:
    """Whether terminals agree that a letter takes one cell, at least those that draw boxes correctly."""
    if len(letter) > 1 or category(letter).startswith("M"):
        return False
    narrow = east_asian_width(letter) in {"N", "Na", "H"} and letter < "\U0001f000"
    return narrow or letter < "\u0300" or "\u2010" <= letter < "\u2028" or "\u2400" <= letter < "\u2600"


class Piece(NamedTuple):
    """Adjacent cells in one look."""

    line: int
    column: int
    letters: Sequence[str]
    look: Sgr
    is_ground: bool = False
    """Whether other pieces are written onto it, so it must be written first."""

    @property
    def is_blank(self) -> bool:
        """Whether it shows only its background."""
        return self.look.is_fill and all(letter == BLANK for letter in self.letters)


class Encoder:
    """Collects the bytes to send; :meth:`take` returns them."""

    def __init__(self, width: int, talent: Talent) -> None:
        self.talent = talent
        self.look: Sgr | None = None  # unknown
        self._width = width
        self._out: list[str] = []
        self._place: tuple[int, int] | None = None

    def take(self) -> str:
        """Return the bytes collected since the last call."""
        out = "".join(self._out)
        self._out.clear()
        return out

    def clear(self, look: Sgr) -> bool:
        """Erase the screen in the background of ``look``; return whether the terminal can do that."""
        filled = self.talent.erases_in_color
        self._set(look if filled else PLAIN)
        self._out.append("\x1b[r\x1b[2J")
        return filled

    def move(self, column: int, line: int) -> None:
        """Move the cursor to a cell, counted from zero."""
        if self._place == (column, line):
            return
        at, on = self._place or (-1, -1)
        if on == line and 0 <= at < column:
            ahead = column - at
            self._out.append(f"\x1b[{ahead}C" if ahead > 1 else "\x1b[C")
        elif on == line and self.talent.finds_columns:
            self._out.append(f"\x1b[{column + 1}G" if column else "\x1b[G")
        elif self._place and on == line - 1 and column == 0:
            self._out.append("\x1b[E")
        else:
            self._out.append(f"\x1b[{line + 1};{column + 1}H" if column else f"\x1b[{line + 1}H")
        self._place = (column, line)

    def write(self, piece: Piece) -> None:
        """Write a piece, and erase long blanks if the terminal supports it."""
        self.move(piece.column, piece.line)
        count = len(piece.letters)
        if piece.is_blank and self._erases(piece.look):
            rest = piece.column + count == self._width
            if rest and count >= LEAST_REST:
                self._set_for_blank(piece.look)
                self._out.append("\x1b[K")
                return
            if count >= LEAST_ERASED and self.talent.erases_cells:
                self._set_for_blank(piece.look)
                self._out.append(f"\x1b[{count}X")
                return
        self._set_for_blank(piece.look) if piece.is_blank else self._set(piece.look)
        self._out.extend(piece.letters)
        after = piece.column + count
        self._place = (after, piece.line) if after < self._width and all(map(_is_narrow, piece.letters)) else None

    def can_lay(self, ground: Piece) -> bool:
        """Whether the terminal erases this piece instead of writing its blanks."""
        to_the_end = ground.column + len(ground.letters) == self._width
        return self._erases(ground.look) and (to_the_end or self.talent.erases_cells)

    def _erases(self, look: Sgr) -> bool:
        return look.is_fill and (self.talent.erases_in_color or not look.background)

    def _set_for_blank(self, look: Sgr) -> None:
        if self.look is None or not self.look.shows_blank_as(look):
            self._set(look)

    def _set(self, look: Sgr) -> None:
        self._out.append("\x1b[m" + change_look(PLAIN, look) if self.look is None else change_look(self.look, look))
        self.look = look

    def write_joined(self, rows: Sequence[CellRow], lines: range) -> None:
        """Write lines again as one that wraps (DECAWM), if all their letters take one cell and have the same look."""
        shown = [rows[line] for line in lines if line < len(rows)]
        letters = "".join(letter for row in shown for letter in row.letters).rstrip(BLANK)
        looks = {look for look, _ in zip((look for row in shown for look in row.looks), letters, strict=False)}
        if len(shown) != len(lines) or len(looks) != 1 or not all(map(_is_narrow, letters)):
            return
        self._place = None
        self.move(0, lines.start)
        self._set(looks.pop())
        self._out.append(f"\x1b[?7h{letters}\x1b[?7l")
        self._place = None

    def attempt(self, pieces: Sequence[Piece]) -> tuple[int, Encoder]:
        """Return the length of these pieces in this order, and an encoder that has written them."""
        encoder = Encoder(self._width, self.talent)
        encoder._place, encoder.look = self._place, self.look
        for piece in pieces:
            encoder.write(piece)
        return sum(map(len, encoder._out)), encoder

    def adopt(self, other: Encoder) -> None:
        """Continue where an attempt ended."""
        self._out += other._out
        self._place, self.look = other._place, other.look

    def shift(self, top: int, bottom: int, lines: int) -> None:
        """Move the lines from ``top`` to before ``bottom`` up, or down if negative; new lines are plain."""
        self._set(PLAIN)
        kind = "M" if lines > 0 else "L"
        self._out.append(f"\x1b[{top + 1};{bottom}r\x1b[{top + 1}H\x1b[{abs(lines)}{kind}\x1b[r")
        self._place = None
