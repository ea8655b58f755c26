"""The pixels of common PNG files (W3C PNG, third edition).

That is 8 bits a sample, not interlaced, at most 4 megapixels; all others are left to programs for pictures.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_MOST_PIXELS = 4_000_000
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples a pixel by colour type: grey, RGB, palette, grey with alpha, RGB with alpha."""
_SIGNATURE = 8


class Pixels:
    """A decoded picture."""

    def __init__(self, width: int, height: int, kind: int, data: bytes, palette: bytes) -> None:
        self.width = width
        self.height = height
        self._kind = kind
        self._data = data
        self._palette = palette

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        """Red, green and blue; what is transparent is shown on black."""
        samples = _SAMPLES[self._kind]
        at = (y * self.width + x) * samples
        values = self._data[at : at + samples]
        if self._kind == 3:
            red, green, blue = self._palette[3 * values[0] : 3 * values[0] + 3] or b"\0\0\0"
            return red, green, blue
        alpha = values[-1] if self._kind in (4, 6) else 255
        red, green, blue = values[:3] if self._kind in (2, 6) else values[:1] * 3
        return red * alpha // 255, green * alpha // 255, blue * alpha // 255


def read_pixels(data: bytes) -> Pixels | None:
    """None where it is cut, broken, or not of the common kind."""
    if len(data) < 33:
        return None
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    if depth != 8 or interlaced or kind not in _SAMPLES or not 0 < width * height <= _MOST_PIXELS:
        return None
    packed, palette = bytearray(), b""
    for name, content in _chunks(data):
        if name == b"IDAT":
            packed += content
        elif name == b"PLTE":
            palette = content[: len(content) // 3 * 3]
    stride = width * _SAMPLES[kind]
    try:
        rows = zlib.decompressobj().decompress(bytes(packed), (stride + 1) * height)
    except zlib.error:
        return None
    if len(rows) < (stride + 1) * height or (kind == 3 and not palette):
        return None
    return Pixels(width, height, kind, _unfilter(rows, stride, _SAMPLES[kind]), palette)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _SIGNATURE
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _unfilter(rows: bytes, stride: int, step: int) -> bytes:
    """Undo the filter of each row (chapter 9); one that does not exist counts as none."""
    out = bytearray()
    above = bytearray(stride)
    for start in range(0, len(rows), stride + 1):
        row = bytearray(rows[start + 1 : start + 1 + stride])
        _unfilter_row(rows[start], row, above, step)
        out += row
        above = row
    return bytes(out)


def _unfilter_row(kind: int, row: bytearray, above: bytearray, step: int) -> None:
    if kind == 2:
        row[:] = bytes((value + up) & 255 for value, up in zip(row, above, strict=True))
    elif kind in (1, 3, 4):
        for at in range(len(row)):
            left = row[at - step] if at >= step else 0
            if kind == 1:
                guess = left
            elif kind == 3:
                guess = (left + above[at]) // 2
            else:
                guess = _paeth(left, above[at], above[at - step] if at >= step else 0)
            row[at] = (row[at] + guess) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    """The neighbour that is nearest to left + up - corner."""
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
