"""JSON, indented and highlighted, whole or cut, without ever being held as a tree: depth costs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_tui.preview.line import (
    ACCENT,
    MUTED,
    PLAIN,
    SUCCESS,
    WARNING,
    Piece,
    Rendered,
    Sample,
    Style,
    StyledLine,
    line,
)
from artifact_tui.preview.log import MOST_LINES

_PART = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<word>true|false|null)"
    r"|(?P<mark>[{}\[\],:]))"
)
_STYLES: dict[str, Style] = {"string": SUCCESS, "number": WARNING, "word": WARNING, "mark": MUTED}
_STEP = "  "
_DEEPEST_INDENT = 24
_NAMES = {".json", ".jsonl", ".ndjson", ".geojson", ".webmanifest", ".ipynb", ".map"}


def read(sample: Sample) -> Rendered | None:
    """Indented anew, whatever its own lines are; None for what is no JSON."""
    if sample.decoded is None:
        return None
    text, encoding = sample.decoded
    start = text.lstrip()[:1]
    if start not in ("{", "[") and sample.suffix not in _NAMES:
        return None
    lines = layout(text, is_cut=sample.is_cut)
    if lines is None:
        return None
    notes = (f"Only the first {MOST_LINES:,} lines are shown.",) if len(lines) >= MOST_LINES else ()
    return Rendered("JSON", lines, encoding, notes)


def layout(text: str, *, is_cut: bool) -> tuple[StyledLine, ...] | None:
    """Return the lines; None where the parts are none of JSON, but for a last one that is cut off."""
    writer = _Writer()
    at = 0
    while writer.length < MOST_LINES and (match := _PART.match(text, at)):
        if not writer.take(match.lastgroup or "", match[match.lastgroup or 0]):
            return None
        at = match.end()
    if writer.length >= MOST_LINES:
        return tuple(writer.lines())
    rest = text[at:].strip()
    if not writer.began or (rest and not is_cut) or (not is_cut and writer.depth):
        return None
    if rest:
        writer.take("string", rest[:200] + "…")
    return tuple(writer.lines())


class _Writer:
    """Puts parts on lines as they come; empty brackets stay on one."""

    def __init__(self) -> None:
        self.began = False
        self._open: list[str] = []
        self._done: list[StyledLine] = []
        self._pieces: list[Piece] = []
        self._last = ""

    @property
    def length(self) -> int:
        """How many lines are done."""
        return len(self._done)

    @property
    def depth(self) -> int:
        """How many brackets are open."""
        return len(self._open)

    def take(self, kind: str, part: str) -> bool:
        """Return the next part; False where it cannot stand."""
        self.began = True
        if kind == "mark":
            return self._mark(part)
        if not self._open and self._last not in ("", "\n"):
            self._end_line()  # the next document of several
        is_key = kind == "string" and self._open[-1:] == ["{"] and self._last in ("{", ",")
        self._start()
        self._pieces.append((part, ACCENT if is_key else _STYLES.get(kind, PLAIN)))
        self._last = "value"
        return True

    def lines(self) -> Iterator[StyledLine]:
        """All of them."""
        if self._pieces:
            self._end_line()
        return iter(self._done)

    def _mark(self, part: str) -> bool:
        if part in "{[":
            if not self._open and self._last:
                self._end_line()
            self._start()
            self._pieces.append((part, MUTED))
            self._open.append(part)
        elif part in "}]":
            if not self._open or self._open.pop() != "{["["}]".index(part)]:
                return False
            if self._last not in "{[":
                self._end_line()
                self._indent()
            self._pieces.append((part, MUTED))
        elif part == ",":
            self._pieces.append((part, MUTED))
            self._end_line()
        else:
            self._pieces.append((": ", MUTED))
        self._last = part
        return True

    def _start(self) -> None:
        """Before a value or key: on a line of its own, unless it follows its key."""
        if self._last and self._last in "{[":
            self._end_line()
        if not self._pieces:
            self._indent()

    def _indent(self) -> None:
        self._pieces.append(_STEP * min(len(self._open), _DEEPEST_INDENT))

    def _end_line(self) -> None:
        if self._pieces:
            self._done.append(line(*self._pieces))
        self._pieces = []
