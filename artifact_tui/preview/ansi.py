"""The colours of a log: SGR sequences (ECMA-48, 8.3.117) become styles, all other escapes become printable.

"Erase to the end of the line" (8.3.41), which tools send beside colours, is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from artifact_tui.preview.line import PLAIN, Colour, Line, Piece, Style, line, shown

_SEQUENCE = re.compile(r"\x1b\[([0-9;:]{0,100})([mK])")
_FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse"}
_RESETS = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",)}


def strip(text: str) -> str:
    """The text without its colours."""
    return _SEQUENCE.sub("", text)


class Painter:
    """Turns the lines of a log into styled ones, top to bottom: a colour lasts until the log takes it back."""

    def __init__(self) -> None:
        self._style = PLAIN

    def paint(self, text: str, *, stamp: int = 0, is_error: bool = False) -> Line:
        """One line; ``stamp`` counts its characters before any sequence."""
        if "\x1b" not in text and self._style is PLAIN:
            return Line(shown(text), (), stamp, is_error)
        return line(*self._pieces(text.expandtabs()), stamp=stamp, is_error=is_error)

    def _pieces(self, text: str) -> Iterator[Piece]:
        at = 0
        for match in _SEQUENCE.finditer(text):
            if match.start() > at:
                yield text[at : match.start()], self._style
            at = match.end()
            if match[2] == "m":
                self._style = _changed(self._style, match[1])
        if at < len(text):
            yield text[at:], self._style


def _changed(style: Style, parameters: str) -> Style:
    codes = iter([int(code or 0) for code in parameters.replace(":", ";").split(";")])
    for code in codes:
        style = _step(style, code, codes)
    return style


def _step(style: Style, code: int, rest: Iterator[int]) -> Style:
    if code == 0:
        return PLAIN
    if code in _FLAGS:
        return replace(style, **{_FLAGS[code]: True})
    if code in _RESETS:
        return replace(style, **dict.fromkeys(_RESETS[code], False))
    if code in (38, 48):
        colour = _long_colour(rest)
        return style if colour is None else replace(style, **{"foreground" if code == 38 else "background": colour})
    if 30 <= code <= 37 or 90 <= code <= 97:
        return replace(style, foreground=code - 30 if code < 90 else code - 82)
    if 40 <= code <= 47 or 100 <= code <= 107:
        return replace(style, background=code - 40 if code < 100 else code - 92)
    if code in (39, 49):
        return replace(style, **{"foreground" if code == 39 else "background": None})
    return style


def _long_colour(rest: Iterator[int]) -> Colour | None:
    kind = next(rest, 0)
    if kind == 5:
        return min(next(rest, 0), 255)
    if kind == 2:
        red, green, blue = (min(next(rest, 0), 255) for _ in range(3))
        return red, green, blue
    return None
