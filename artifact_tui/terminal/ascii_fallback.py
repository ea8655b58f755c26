"""ASCII output for terminals without Unicode: every cell is ASCII, and borders use ``+``, ``-`` and ``|``."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import get_character_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    "━╍┅┉═▓": "=",
    "─╌┄┈╴╶▁▔": "-",
    "│┃╎╏┆┇┊┋║‖╵╷▏▕": "|",
    "▌▐❯›▶▸→⏎╸": ">",
    "‹◀←": "<",
    "▲↑": "^",
    "▼▾↓": "v",
    "…·•░": ".",
    "–—": "-",
    "●◉■█▉▊▋▍▎▇▆▅▄▃▂▀": "#",
    "○◌□◯☐": "o",
    "✓✔": "+",
    "✗✘✖×☑": "x",
    "⊘": "0",
    "“”„": '"',
    "‘’‚": "'",
    "␣": "_",
    "✂": "%",
}
_PLAIN = {letter: plain for letters, plain in _SIGNS.items() for letter in letters}
UNSHOWN = "?"


class PlainLetters(LineFilter):
    """Replaces each character with ASCII of the same width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in ASCII; the same list if they already are."""
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [segment if segment.control else Segment(plain(segment.text), segment.style) for segment in segments]


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return an ASCII text of the same width."""
    return text if text.isascii() else "".join(map(_plain_letter, text))


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    width = get_character_cell_size(letter)
    if width != 1:
        return UNSHOWN * width
    if letter in _PLAIN:
        return _PLAIN[letter]
    if "\u2400" <= letter <= "\u241f":  # control pictures
        return "^"
    if "\u2500" <= letter < "\u2580":  # corners and crossings
        return "+"
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base.isascii() and base.isprintable() else UNSHOWN
