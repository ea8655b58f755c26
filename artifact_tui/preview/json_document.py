"""JSON, indented and highlighted, also when cut. It is never built as a tree, so its depth costs no memory."""

from __future__ import annotations

import re

from artifact_tui.preview.line import ACCENT, MUTED, PLAIN, SUCCESS, WARNING, Piece, Rendered, Sample, StyledLine, line
from artifact_tui.preview.log import MOST_LINES

_PART = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<word>true|false|null)"
    r"|(?P<mark>[{}\[\],:]))"
)
_STYLES = {"string": SUCCESS, "number": WARNING, "word": WARNING, "mark": MUTED}
_STEP = "  "
_DEEPEST_INDENT = 24
_NAMES = {".json", ".jsonl", ".ndjson", ".geojson", ".webmanifest", ".ipynb", ".map"}


def read(sample: Sample) -> Rendered | None:
    """Return the reformatted document; None if the text is not JSON."""
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
    """Return the lines; None if the text is not JSON. Only a cut text may end in an incomplete part."""
    writer = _Writer()
    at = 0
    while len(writer.lines) < MOST_LINES and (match := _PART.match(text, at)):
        if not writer.take(match.lastgroup or "", match[match.lastgroup or 0]):
            return None
        at = match.end()
    if len(writer.lines) < MOST_LINES:
        rest = text[at:].strip()
        if not writer.last or (not is_cut and (rest or writer.open)):
            return None
        if rest:
            writer.take("string", rest[:200] + "…")
    writer.end_line()
    return tuple(writer.lines)


class _Writer:
    def __init__(self) -> None:
        self.lines: list[StyledLine] = []
        self.open: list[str] = []
        self.last = ""
        self._pieces: list[Piece] = []

    def take(self, kind: str, part: str) -> bool:
        """Add the next part; return False if it is a bracket that does not match."""
        if kind == "mark" and part in "}]":
            return self._close(part)
        if kind == "mark" and part in ",:":
            self._pieces.append((part if part == "," else ": ", MUTED))
            if part == ",":
                self.end_line()
        else:
            is_key = kind == "string" and self.open[-1:] == ["{"] and self.last in ("{", ",")
            self._start()
            self._pieces.append((part, ACCENT if is_key else _STYLES.get(kind, PLAIN)))
            if kind == "mark":
                self.open.append(part)
        self.last = part if kind == "mark" else "value"
        return True

    def end_line(self) -> None:
        if self._pieces:
            self.lines.append(line(*self._pieces))
        self._pieces = []

    def _close(self, part: str) -> bool:
        if not self.open or self.open.pop() != "{["["}]".index(part)]:
            return False
        if self.last not in "{[":
            self.end_line()
            self._indent()
        self._pieces.append((part, MUTED))
        self.last = part
        return True

    def _start(self) -> None:
        """Start a line for a value, a key, or the next of several documents, but not for the value after a key."""
        if self.last and (not self.open or self.last in "{["):
            self.end_line()
        if not self._pieces:
            self._indent()

    def _indent(self) -> None:
        self._pieces.append(_STEP * min(len(self.open), _DEEPEST_INDENT))
