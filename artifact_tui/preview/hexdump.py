"""A hex dump, for files of no known type."""

from __future__ import annotations

from artifact_tui.preview.line import ACCENT, MUTED, Rendered, Sample, StyledLine, line
from artifact_tui.text import size

MOST_DUMPED = 1024 * 1024  # bytes


def read(sample: Sample) -> Rendered:
    """Return offsets, bytes and ASCII characters."""
    data = sample.data[:MOST_DUMPED]
    notes = (f"Only the first {size(MOST_DUMPED)} are shown.",) if len(sample.data) > MOST_DUMPED else ()
    return Rendered("binary", notes=notes, draw=lambda width: hex_lines(data, width))


def hex_lines(data: bytes, width: int) -> tuple[StyledLine, ...]:
    """Return lines of 16 bytes, or of 8 or 4 where ``width`` cells do not hold 16."""
    step = next((step for step in (16, 8) if 4 * step + 10 <= width), 4)
    return tuple(_hex_line(data[at : at + step], at, step) for at in range(0, len(data), step))


def _hex_line(row: bytes, at: int, step: int) -> StyledLine:
    half = step // 2
    codes = f"{row[:half].hex(' '):<{3 * half}} {row[half:].hex(' '):<{3 * half}}"
    characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in row)
    return line((f"{at:06x}", MUTED), f"  {codes} ", (characters, ACCENT))
