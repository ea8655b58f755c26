"""PNG files of every colour type and filter, and the pixels they hold."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 5, 4
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE = bytes(range(30, 120))


def _sample(x: int, y: int, at: int) -> int:
    return (x * 67 + y * 41 + at * 23) % 256


def _row(kind: int, y: int) -> list[int]:
    if kind == 3:
        return [(x + y) % 30 for x in range(WIDTH)]
    return [_sample(x, y, at) for x in range(WIDTH) for at in range(_SAMPLES[kind])]


def drawn(kind: int) -> list[tuple[int, ...]]:
    """Red, green and blue of each pixel, on black where it is transparent."""
    pixels = []
    for y in range(HEIGHT):
        row, step = _row(kind, y), _SAMPLES[kind]
        for x in range(WIDTH):
            values = row[x * step : x * step + step]
            if kind == 3:
                pixels.append(tuple(_PALETTE[3 * values[0] : 3 * values[0] + 3]))
                continue
            colour = values[:3] if kind in (2, 6) else values[:1] * 3
            alpha = values[-1] if kind in (4, 6) else 255
            pixels.append(tuple(value * alpha // 255 for value in colour))
    return pixels


def _predict(filtered: int, left: int, up: int, corner: int) -> int:
    if filtered == 4:
        nearest = sorted(
            (abs(left + up - corner - value), order, value) for order, value in enumerate((left, up, corner))
        )
        return nearest[0][2]
    return (0, left, up, (left + up) // 2)[filtered]


def png(kind: int, filtered: int) -> bytes:
    step, above, rows = _SAMPLES[kind], [0] * WIDTH * _SAMPLES[kind], b""
    for y in range(HEIGHT):
        row = _row(kind, y)
        lefts = [0] * step + row
        corners = [0] * step + above
        guesses = [_predict(filtered, lefts[at], above[at], corners[at]) for at in range(len(row))]
        rows += bytes([filtered]) + bytes((value - guess) % 256 for value, guess in zip(row, guesses, strict=True))
        above = row
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, kind, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", _PALETTE), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    packed = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
