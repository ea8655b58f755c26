"""A dump of bytes: what is left where they are nothing known."""

from __future__ import annotations

from artifact_tui.preview.line import ACCENT, MUTED, Rendered, Sample, StyledLine, line
from artifact_tui.text import size

MOST_DUMPED = 1024 * 1024
"""Bytes: each 16 of them become a line."""


def read(sample: Sample) -> Rendered:
    """Offsets, bytes and the characters of ASCII, in as many columns as there is room for."""
    data = sample.data[:MOST_DUMPED]
    notes = (f"Only the first {size(MOST_DUMPED)} are dumped.",) if len(sample.data) > MOST_DUMPED else ()
    return Rendered("binary", notes=notes, draw=lambda width: hex_lines(data, width))


def hex_lines(data: bytes, width: int) -> tuple[StyledLine, ...]:
    """16 bytes a line, fewer if they must."""
    step = next((step for step in (16, 8) if 4 * step + 10 <= width), 4)
    return tuple(_hex_line(data[at : at + step], at, step) for at in range(0, len(data), step))


def _hex_line(row: bytes, at: int, step: int) -> StyledLine:
    half = step // 2
    codes = f"{row[:half].hex(' '):<{3 * half}} {row[half:].hex(' '):<{3 * half}}"
    characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in row)
    return line((f"{at:06x}", MUTED), f"  {codes} ", (characters, ACCENT))
