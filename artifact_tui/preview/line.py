"""Lines with styles: what every kind of file becomes, and all that the screen knows of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from artifact_tui.text import printable

if TYPE_CHECKING:
    import subprocess

LONGEST_LINE = 1 << 20
TAB = 8
LONGEST_STYLED = 4000
"""Characters of a line up to which it is highlighted: patterns over longer ones could be made to take minutes."""

Tone = Literal["muted", "accent", "success", "warning", "error"]
ColorValue = int | tuple[int, int, int]
"""A number of the terminal's palette of 256, or red, green and blue from 0 to 255."""


class Style(Struct, frozen=True, gc=False):
    """How a text looks; a tone is a meaning whose color the theme chooses, the colors are the file's own."""

    tone: Tone | None = None
    foreground: ColorValue | None = None
    background: ColorValue | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    reverse: bool = False


PLAIN = Style()
BOLD = Style(bold=True)
MUTED, ACCENT, SUCCESS, WARNING, ERROR = (
    Style(tone=tone) for tone in ("muted", "accent", "success", "warning", "error")
)
HEADING = Style(tone="accent", bold=True)


class TextSpan(NamedTuple):
    """From one character of a line up to, not including, another one."""

    start: int
    end: int
    style: Style


class StyledLine(Struct, frozen=True, gc=False):
    """Printable text and the runs of it that have a style, in order and without overlap.

    The first ``stamp`` characters are a timestamp, which can be folded away. Where the line is wider than the screen,
    ``indent`` stands before each further part of it.
    """

    text: str = ""
    runs: tuple[TextSpan, ...] = ()
    stamp: int = 0
    is_error: bool = False
    indent: str = "  "


class Rendered(Struct, frozen=True):
    """A file as it is shown: a word for its kind, a word for how its bytes were read, and its lines.

    ``draw``, where there is one, makes the lines for a width in cells; ``notes`` are the program's own words above.
    """

    kind: str
    lines: tuple[StyledLine, ...] = ()
    encoding: str = ""
    notes: tuple[str, ...] = ()
    draw: Callable[[int], tuple[StyledLine, ...]] | None = None

    def at(self, width: int) -> tuple[StyledLine, ...]:
        """Return the lines, as they are in so many cells."""
        return self.draw(width) if self.draw else self.lines

    def below(self, note: str) -> Rendered:
        """Return the page with one more note, above the others."""
        return replace(self, notes=(note, *self.notes))


class Stop:
    """Ends the work on a file, once and for all; any thread may set it, and that kills the child process at work."""

    def __init__(self) -> None:
        self.is_set = False
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def set(self) -> None:
        """Stop now, and whatever begins later."""
        with self._lock:
            self.is_set = True
            if self._child is not None:
                self._child.kill()

    @contextmanager
    def killing(self, child: subprocess.Popen[bytes]) -> Iterator[None]:
        """Kill the child when the work is stopped meanwhile, or was before."""
        with self._lock:
            self._child = child
            if self.is_set:
                child.kill()
        try:
            yield
        finally:
            with self._lock:
                self._child = None


class Sample:
    """The first bytes of a file, or all of them; ``size`` is what the whole file has, ``stop`` ends the work on it."""

    def __init__(self, name: str, data: bytes, size: int | None = None, stop: Stop | None = None) -> None:
        self.name = name
        self.data = data
        self.size = len(data) if size is None else size
        self.stop = stop or Stop()

    @property
    def is_cut(self) -> bool:
        """Whether there is more than is here."""
        return len(self.data) < self.size

    @cached_property
    def decoded(self) -> tuple[str, str] | None:
        """The text and its encoding; None where the bytes are none."""
        from artifact_tui.preview.encoding import decode

        return decode(self.data, is_cut=self.is_cut)

    @property
    def suffix(self) -> str:
        """The end of its name from the last dot on, in lower case."""
        _, dot, end = self.name.rpartition("/")[2].rpartition(".")
        return dot + end.lower() if dot else ""


Piece = str | tuple[str, Style]


def shown(text: str) -> str:
    """Printable, but for blanks, which stay blanks."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_LINE:
        return text
    return printable(text.expandtabs(TAB), LONGEST_LINE) if text.strip() else " " * len(text.expandtabs(TAB))


def line(*pieces: Piece, stamp: int = 0, is_error: bool = False, indent: str = "  ") -> StyledLine:
    """Return a line of texts, each with its style or none, made printable here."""
    text = ""
    runs: list[TextSpan] = []
    for piece in pieces:
        raw, style = (piece, PLAIN) if isinstance(piece, str) else piece
        part = shown(raw)
        if style is not PLAIN and style != PLAIN and part:
            joins = runs and runs[-1].end == len(text) and runs[-1].style == style
            start = runs.pop().start if joins else len(text)
            runs.append(TextSpan(start, len(text) + len(part), style))
        text += part
    return StyledLine(text, tuple(runs), stamp, is_error, indent)


def words(text: str, style: Style = PLAIN, *, indent: str = "", is_error: bool = False) -> tuple[StyledLine, ...]:
    """Each line of a text of several lines, behind an indent."""
    return tuple(line(indent, (part, style), is_error=is_error) for part in text.splitlines() or [""])
