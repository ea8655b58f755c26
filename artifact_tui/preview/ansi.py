"""The colors of a log: SGR sequences (ECMA-48, 8.3.117) become styles; all other escape sequences are dropped.

Colon-separated sub-parameters follow ITU-T T.416. An unterminated sequence would swallow the text of the log, so only
its introducer is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from artifact_tui.preview.line import PLAIN, TAB, ColorValue, Piece, Style, StyledLine, line, shown

_WORDS = r"[^\x00-\x08\x0a-\x1f\x90\x98\x9c-\x9f]*"
_SEQUENCE = re.compile(
    r"\x1b\[([0-?]{0,1000})(?:[!-/]{0,4}([@-~])| [@Aq])?"  # CSI
    r"|\x9b([0-?]{1,1000}[@-~]|[mK])"  # CSI in one character
    rf"|(?:\x1b[\]PX^_k]|[\x90\x9d]){_WORDS}(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, SOS, PM, APC, the title of screen
    rf"|[\x98\x9e\x9f]{_WORDS}\x9c"  # SOS, PM, APC in one character
    r"|\x1b(?:[!-/]{1,4}[0-~]| [F-N])"  # for example, character set selection
    r"|\x1b[0-~]"  # for example, save cursor; also a lone introducer or terminator
    r"|[\x0e\x0f\x90\x9c\x9d]"
)
_HINTS = "\x1b\x9b\x9d\x90\x98\x9c\x9e\x9f\x0e\x0f"
_ESCAPED = re.compile(f"[{_HINTS}]")
_FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 21: "underline"}
_RESETS: dict[int, dict[str, Any]] = {
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
    39: {"foreground": None},
    49: {"background": None},
}
_COLORS = {38: "foreground", 48: "background", 58: ""}
"""Codes followed by a color; the underline color (58) is parsed but not shown."""
_PALETTE = {30: ("foreground", 0), 90: ("foreground", 8), 40: ("background", 0), 100: ("background", 8)}
"""The first code of each group of eight colors, with the palette index of its first color."""
_MOST_DIGITS = 9


def strip(text: str) -> str:
    """Return the text without escape sequences."""
    return _SEQUENCE.sub("", text) if _ESCAPED.search(text) else text


class Painter:
    """Styles the lines of a log from top to bottom; a color stays in effect until the log resets it."""

    def __init__(self) -> None:
        self._style = PLAIN

    def paint(self, text: str, *, stamp: int = 0, is_error: bool = False) -> StyledLine:
        """Return one styled line; ``stamp`` is the length of its timestamp."""
        if self._style is PLAIN and not _ESCAPED.search(text):
            return StyledLine(shown(text), (), stamp, is_error)
        pieces = self._pieces(text) if "\t" not in text else _untabbed(self._pieces(text))
        return line(*pieces, stamp=stamp, is_error=is_error)

    def _pieces(self, text: str) -> Iterator[tuple[str, Style]]:
        at = 0
        for match in _SEQUENCE.finditer(text):
            if match.start() > at:
                yield text[at : match.start()], self._style
            at = match.end()
            parameters = _parameters(match)
            if parameters is not None:
                self._style = _changed(self._style, parameters)
        if at < len(text):
            yield text[at:], self._style


def _untabbed(pieces: Iterator[tuple[str, Style]]) -> Iterator[Piece]:
    column = 0  # tab stops count from the start of the line, not of the piece
    for text, style in pieces:
        expanded = (" " * (column % TAB) + text).expandtabs(TAB)[column % TAB :]
        column += len(expanded)
        yield expanded, style


def _parameters(match: re.Match[str]) -> str | None:
    """Return the parameters of an SGR sequence; None for any other, such as ``CSI > 4 ; 1 m``."""
    whole = (match[1] or "") + match[2] if match[2] else match[3] or ""
    return whole[:-1] if whole[-1:] == "m" and not set(whole[:-1]) - set("0123456789;:") else None


def _changed(style: Style, parameters: str) -> Style:
    codes = iter(
        [[int(part[:_MOST_DIGITS]) if part else None for part in code.split(":")] for code in parameters.split(";")]
    )
    for code, *more in codes:
        style = _step(style, code or 0, more, codes)
    return style


def _step(style: Style, code: int, more: list[int | None], rest: Iterator[list[int | None]]) -> Style:
    if code == 0:
        return PLAIN
    if code in _COLORS:
        color = _color_within(more) if more else _color_behind(rest)
        return style if color is None or not _COLORS[code] else replace(style, **{_COLORS[code]: color})
    if code in _FLAGS:
        return replace(style, **{_FLAGS[code]: not (code == 4 and more[:1] == [0])})
    if code in _RESETS:
        return replace(style, **_RESETS[code])
    for first, (side, index) in _PALETTE.items():
        if first <= code < first + 8:
            return replace(style, **{side: code - first + index})
    return style


def _color_within(parts: list[int | None]) -> ColorValue | None:
    """Read ``5:n``, ``2:r:g:b`` or ``2:space:r:g:b``; the color space may be empty, and more may follow."""
    kind, *values = parts
    if kind == 5 and values:
        return min(values[0] or 0, 255)
    if kind == 2 and len(values) >= 3:
        red, green, blue = (min(value or 0, 255) for value in values[len(values) > 3 :][:3])
        return red, green, blue
    return None


def _color_behind(rest: Iterator[list[int | None]]) -> ColorValue | None:
    """Read ``5;n`` or ``2;r;g;b``, as most tools write them, or a form with colons."""
    kind, *more = next(rest, [0])
    if not more:
        more = [next(rest, [0])[0] for _ in range({5: 1, 2: 3}.get(kind or 0, 0))]
    return _color_within([kind, *more])
