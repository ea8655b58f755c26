"""Lines with styles: what every viewer produces, and the only form that the screen knows."""

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
"""Characters of a line up to which it is highlighted: on longer lines, a crafted file could make patterns very slow."""

Tone = Literal["muted", "accent", "success", "warning", "error"]
ColorValue = int | tuple[int, int, int]
"""An index of the 256-color palette, or red, green and blue from 0 to 255."""


class Style(Struct, frozen=True, gc=False):
    """The look of a text; the theme chooses the color of a tone, the other colors come from the file."""

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
    """The style of the characters from ``start`` up to, but not including, ``end``."""

    start: int
    end: int
    style: Style


class StyledLine(Struct, frozen=True, gc=False):
    """Printable text and its styled runs, in order and without overlap.

    The first ``stamp`` characters are a timestamp, which can be hidden. ``indent`` precedes the continuation lines
    when the line wraps.
    """

    text: str = ""
    runs: tuple[TextSpan, ...] = ()
    stamp: int = 0
    is_error: bool = False
    indent: str = "  "


class Rendered(Struct, frozen=True):
    """A rendered file: its type, its encoding and its lines.

    ``draw``, if set, makes the lines for a width in cells; ``notes`` are messages of the program above the lines.
    """

    kind: str
    lines: tuple[StyledLine, ...] = ()
    encoding: str = ""
    notes: tuple[str, ...] = ()
    draw: Callable[[int], tuple[StyledLine, ...]] | None = None

    def at(self, width: int) -> tuple[StyledLine, ...]:
        """Return the lines for a width in cells."""
        return self.draw(width) if self.draw else self.lines

    def below(self, note: str) -> Rendered:
        """Return the page below one more note."""
        return replace(self, notes=(note, *self.notes))


class Stop:
    """Ends the work on a file for good; any thread may set it, which also kills the running child process."""

    def __init__(self) -> None:
        self.is_set = False
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def set(self) -> None:
        """Stop the current work, and any that starts later."""
        with self._lock:
            self.is_set = True
            if self._child is not None:
                self._child.kill()

    @contextmanager
    def killing(self, child: subprocess.Popen[bytes]) -> Iterator[None]:
        """Kill the child if the work is, or already was, stopped."""
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
    """The first bytes of a file, or all of them; ``size`` is the size of the whole file, ``stop`` ends the work."""

    def __init__(self, name: str, data: bytes, size: int | None = None, stop: Stop | None = None) -> None:
        self.name = name
        self.data = data
        self.size = len(data) if size is None else size
        self.stop = stop or Stop()

    @property
    def is_cut(self) -> bool:
        """Whether the file has more bytes."""
        return len(self.data) < self.size

    @cached_property
    def decoded(self) -> tuple[str, str] | None:
        """The text and its encoding; None if the bytes are not text."""
        from artifact_tui.preview.encoding import decode

        return decode(self.data, is_cut=self.is_cut)

    @property
    def suffix(self) -> str:
        """The end of the name from the last dot, in lower case."""
        _, dot, end = self.name.rpartition("/")[2].rpartition(".")
        return dot + end.lower() if dot else ""


Piece = str | tuple[str, Style]


def shown(text: str) -> str:
    """Return the text with tabs expanded and other unprintable characters replaced."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_LINE:
        return text
    return printable(text.expandtabs(TAB), LONGEST_LINE) if text.strip() else " " * len(text.expandtabs(TAB))


def line(*pieces: Piece, stamp: int = 0, is_error: bool = False, indent: str = "  ") -> StyledLine:
    """Return a line of texts with optional styles, made printable."""
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
    """Return the lines of a text, each after an indent."""
    return tuple(line(indent, (part, style), is_error=is_error) for part in text.splitlines() or [""])
