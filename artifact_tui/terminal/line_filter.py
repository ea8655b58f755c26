"""The last guard before the terminal: no control character leaves in what is drawn."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class PrintableFilter(LineFilter):
    """Replaces what is not printable, cell by cell, wherever it came from.

    Text from strangers is made printable at the edge; this catches what an edge forgot, since Textual writes control
    characters through unchanged.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the same segments while all is well, which is nearly always."""
        if all(segment.control or segment.text.isprintable() for segment in segments):
            return segments
        return [segment if segment.control else Segment(_clean(segment.text), segment.style) for segment in segments]


def _clean(text: str) -> str:
    return "".join(character if character.isprintable() else REPLACEMENT for character in text)
