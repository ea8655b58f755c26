"""A terminal emulator that stands for the user's terminal, and what can be seen on it."""

from __future__ import annotations

from typing import NamedTuple

import pyte
from wcwidth import wcswidth


class Cell(NamedTuple):
    """What can be seen of a cell; a blank has no color but its background."""

    letter: str
    ink: str
    background: str
    style: tuple[bool, ...]


class Screen(pyte.Screen):
    """pyte's own fills only the cells that were written before when it erases; terminals fill all (``bce``)."""

    def erase_in_display(self, how: int = 0, *arguments: object, **more: object) -> None:
        """Everything, in the colors that are set."""
        super().erase_in_display(how, *arguments, **more)
        if how == 2:
            for y in range(self.lines):
                for x in range(self.columns):
                    self.buffer[y][x] = self.cursor.attrs


class Emulator:
    """A screen of some size, with line wrap off as the program sets it."""

    def __init__(self, width: int, height: int) -> None:
        self.screen = Screen(width, height)
        self._stream = pyte.Stream(self.screen)
        self.feed("\x1b[?7l")

    def feed(self, text: str) -> None:
        """Show what a program writes."""
        self._stream.feed(text)

    def resize(self, width: int, height: int) -> None:
        """As a window does: what stood there stays, cut or not."""
        self.screen.resize(height, width)

    def cells(self) -> list[list[Cell]]:
        """All that can be seen."""
        return cells_of(self.screen)


def cells_of(screen: pyte.Screen) -> list[list[Cell]]:
    """All that can be seen on a screen; of a wide letter that was half overwritten nothing, as on terminals."""
    return [_whole_letters([screen.buffer[y][x] for x in range(screen.columns)]) for y in range(screen.lines)]


def _whole_letters(chars: list[pyte.screens.Char]) -> list[Cell]:
    cells = []
    after = [*chars[1:], chars[0]._replace(data=" ")]
    for before, char, behind in zip([chars[0]._replace(data=" "), *chars], chars, after, strict=False):
        is_half = (char.data == "" and wcswidth(before.data) != 2) or (wcswidth(char.data) == 2 and behind.data)
        cells.append(_cell(char._replace(data=" ") if is_half else char))
    return cells


def _cell(char: pyte.screens.Char) -> Cell:
    lines = (char.underscore, char.strikethrough, char.reverse)
    if char.data == " " and not any(lines):
        return Cell(" ", "", char.bg, ())
    return Cell(char.data, char.fg, char.bg, (*lines, char.bold, char.italics, char.blink))
