"""The last guard before the terminal: it keeps control characters out of everything that is drawn."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class PrintableFilter(LineFilter):
    """Replaces unprintable characters, which Textual writes unchanged, if escaping at their source has failed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return printable segments; usually the same list."""
        if all(segment.control or segment.text.isprintable() for segment in segments):
            return segments
        return [segment if segment.control else Segment(_clean(segment.text), segment.style) for segment in segments]


def _clean(text: str) -> str:
    return "".join(character if character.isprintable() else REPLACEMENT for character in text)
