"""What the bytes of a file look like: lines of text in some encoding, or a dump where they are no text."""

from __future__ import annotations

import codecs
import re

from msgspec import Struct

from artifact_tui.text import printable

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with BOM"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_COLOURS = re.compile(r"\x1b\[[0-9;:]*[mK]")
"""SGR and "erase to the end of the line" (ECMA-48, 8.3.117 and 8.3.41), which logs are full of."""
_LINE_END = re.compile(r"\r\n|\n|\r")
_TAB = 8
_LONGEST_LINE = 1 << 20
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\f\b\x1b")) + b"\x7f"
_MOST_CONTROLS = 0.02


class Text(Struct, frozen=True):
    """Lines that are safe to show, and how their bytes were understood."""

    lines: tuple[str, ...]
    encoding: str


def read_text(data: bytes, *, is_cut: bool) -> Text | None:
    """Read bytes as text; None when they are none. With ``is_cut`` the last character may be broken off.

    A byte order mark decides; then UTF-8; anything else without many control characters is taken for Latin-1.
    """
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return Text(_lines(data[len(mark) :].decode(codec, "replace")), name)
    if b"\0" in data:
        return None
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data, final=not is_cut)
    except UnicodeDecodeError:
        controls = len(data) - len(data.translate(None, _CONTROLS))
        return (
            None if controls > len(data) * _MOST_CONTROLS else Text(_lines(data.decode("latin-1")), "Latin-1 (a guess)")
        )
    return Text(_lines(text), "UTF-8")


def _lines(text: str) -> tuple[str, ...]:
    lines = _LINE_END.split(_COLOURS.sub("", text))
    if not lines[-1]:
        lines.pop()
    return tuple(map(_shown, lines))


def _shown(line: str) -> str:
    return printable(line.expandtabs(_TAB), _LONGEST_LINE) if line.strip() else ""


def hex_lines(data: bytes, width: int) -> list[str]:
    """A dump in ``width`` cells: offset, bytes, and the characters of ASCII; 16 bytes a line, fewer if they must."""
    step = next((step for step in (16, 8) if 4 * step + 10 <= width), 4)
    return [_hex_line(data[at : at + step], at, step) for at in range(0, len(data), step)]


def _hex_line(row: bytes, at: int, step: int) -> str:
    half = step // 2
    codes = f"{row[:half].hex(' '):<{3 * half}} {row[half:].hex(' '):<{3 * half}}"
    return f"{at:06x}  {codes} {''.join(chr(byte) if 0x20 <= byte < 0x7F else '·' for byte in row)}"
