"""Writes cells to a terminal in few bytes, knowing where its cursor is and what look it is set to.

Sequences by their names in ECMA-48: CUP, CUF, CNL move, EL and ECH erase, DL and IL move lines within the margins of
DECSTBM.
Line wrap is off, as Textual sets it; after the last column the cursor's place is not relied on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from artifact_tui.terminal.cells import BEHIND, BLANK
from artifact_tui.terminal.looks import PLAIN, Look, change_look

LEAST_ERASED = 12
"""Blanks in the middle of a line from which on erasing and moving is shorter than writing them."""


class Talent(NamedTuple):
    """What a kind of terminal can do beyond moving, looks and erasing to the end of a line."""

    erases_in_color: bool = True
    """Erased cells get the background that is set (terminfo ``bce``)."""
    erases_cells: bool = True
    """ECH."""
    moves_lines: bool = True
    """DL, IL and margins."""


def talent_of(terminal: str) -> Talent:
    """What the value of ``TERM`` stands for; unknown names get what every VT100 can do."""
    name = terminal.partition("-")[0]
    if name in {"xterm", "tmux", "linux", "alacritty", "foot", "kitty", "rxvt", "konsole", "vte", "wezterm", "ghostty"}:
        return Talent()
    if name == "screen":  # whether it erases in colour is a setting of its user
        return Talent(erases_in_color=False)
    return Talent(False, False, False)


def _is_narrow(letter: str) -> bool:
    """Whether every terminal agrees that this takes one cell: Latin letters, dashes and dots, pictures and boxes."""
    return len(letter) == 1 and (letter < "\u0300" or "\u2010" <= letter < "\u2028" or "\u2400" <= letter < "\u2600")


class Pen:
    """Collects what is to be sent; :meth:`take` hands it over."""

    def __init__(self, width: int, talent: Talent) -> None:
        self._width = width
        self._talent = talent
        self._out: list[str] = []
        self._place: tuple[int, int] | None = None
        self._look: Look | None = None

    def take(self) -> str:
        """All that was collected since the last time."""
        out = "".join(self._out)
        self._out.clear()
        return out

    def forget(self) -> None:
        """Somebody else wrote: neither the cursor's place nor the look is known."""
        self._place = self._look = None

    def clear(self, look: Look) -> bool:
        """Erase the screen in the background of ``look``; whether it can be erased to anything but plain."""
        filled = self._talent.erases_in_color
        self._set(look if filled else PLAIN)
        self._out.append("\x1b[r\x1b[2J")
        return filled

    def move(self, column: int, line: int) -> None:
        """Take the cursor to a cell, counted from zero."""
        if self._place == (column, line):
            return
        at, on = self._place or (-1, -1)
        if on == line and 0 <= at < column:
            ahead = column - at
            self._out.append(f"\x1b[{ahead}C" if ahead > 1 else "\x1b[C")
        elif self._place and on == line - 1 and column == 0:
            self._out.append("\x1b[E")
        else:
            self._out.append(f"\x1b[{line + 1};{column + 1}H" if column else f"\x1b[{line + 1}H")
        self._place = (column, line)

    def write(self, column: int, line: int, letters: Sequence[str], looks: Sequence[Look]) -> None:
        """Write these cells of a line; long blanks are erased where the terminal can."""
        start, end = 0, len(letters)
        while start < end:
            blanks = self._blanks(letters, looks, start)
            rest = column + start + blanks == self._width
            if blanks and rest and self._erase_rest(column + start, line, looks[start], blanks):
                return
            least = LEAST_ERASED if start + blanks < end else LEAST_ERASED // 2
            if blanks >= least and self._talent.erases_cells and self._erases(looks[start]):
                self.move(column + start, line)
                self._set_fill(looks[start])
                self._out.append(f"\x1b[{blanks}X")
                start += blanks
                continue
            stop = start + max(1, blanks)
            while stop < end and letters[stop] == BEHIND:
                stop += 1
            look = looks[start]
            if blanks and stop < end and look.shows_blank_as(looks[stop]):
                look = looks[stop]
            self._write_plainly(column + start, line, letters[start:stop], look)
            start = stop

    def _blanks(self, letters: Sequence[str], looks: Sequence[Look], start: int) -> int:
        """How many cells from ``start`` on are the same fill."""
        look, stop = looks[start], start
        while stop < len(letters) and letters[stop] == BLANK and look.shows_blank_as(looks[stop]):
            stop += 1
        return stop - start

    def _erases(self, look: Look) -> bool:
        return look.is_fill and (self._talent.erases_in_color or not look.background)

    def _erase_rest(self, column: int, line: int, look: Look, blanks: int) -> bool:
        if blanks < 3 or not self._erases(look):
            return False
        self.move(column, line)
        self._set_fill(look)
        self._out.append("\x1b[K")
        return True

    def _write_plainly(self, column: int, line: int, letters: Sequence[str], look: Look) -> None:
        self.move(column, line)
        if not (letters[0] == BLANK and self._look is not None and self._look.shows_blank_as(look)):
            self._set(look)
        self._out.extend(letters)
        after = column + len(letters)
        self._place = (after, line) if after < self._width and all(map(_is_narrow, letters)) else None

    def _set_fill(self, look: Look) -> None:
        """A look in which blanks are this background; the one that is set will often do."""
        if self._look is None or not self._look.shows_blank_as(look):
            kept = (self._look.attributes, self._look.foreground) if self._look and self._look.is_fill else ((), "")
            self._set(Look(frozenset(kept[0]), kept[1], look.background))

    def _set(self, look: Look) -> None:
        if self._look is None:
            self._out.append("\x1b[m" + change_look(PLAIN, look))
        else:
            self._out.append(change_look(self._look, look))
        self._look = look

    def shift(self, top: int, bottom: int, lines: int) -> None:
        """Move the lines from ``top`` up to ``bottom`` (not included) up, or down if negative; new ones are plain."""
        self._set(PLAIN)
        kind = "M" if lines > 0 else "L"
        self._out.append(f"\x1b[{top + 1};{bottom}r\x1b[{top + 1}H\x1b[{abs(lines)}{kind}\x1b[r")
        self._place = None

    @property
    def moves_lines(self) -> bool:
        """Whether :meth:`shift` may be used."""
        return self._talent.moves_lines
