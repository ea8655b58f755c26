"""Pictures: type and dimensions from the first bytes and, with the extra ``pictures``, a drawing in half cells."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from artifact_tui.preview.line import BOLD, Rendered, Sample, Style, StyledLine, TextSpan, line
from artifact_tui.text import size

CHILD = Path(__file__).with_name("picture_child.py")
NAMES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_DRAWN = {"PNG", "JPEG", "GIF", "WebP"}
_HALF = "▀"
_MOST_ROWS = 60
_MOST_COLUMNS = 400
_SVG = re.compile(r"<svg\b([^>]{0,4000})", re.IGNORECASE)
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


class Pixels(NamedTuple):
    """A scaled-down picture: three bytes per pixel, row by row."""

    width: int
    height: int
    data: bytes

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        """Return red, green and blue."""
        red, green, blue = self.data[3 * (y * self.width + x) :][:3]
        return red, green, blue


def read(sample: Sample) -> Rendered | None:
    """Return type, dimensions and size, with a drawing if possible; None if the bytes are not an image."""
    if (found := _measure(sample)) is None:
        return None
    kind, width, height = found
    head = line((kind, BOLD), f" · {width} × {height} pixels" if width else "", f" · {size(sample.size)}")
    page = Rendered(f"{kind} image", (head,))
    if kind not in _DRAWN or sample.is_cut:
        return page
    if find_spec("PIL") is None:
        return page.below("Install artifact-tui[pictures] to see pictures.")
    if pixels := read_pixels(sample):
        return replace(page, draw=partial(_draw, head, pixels))
    return page.below("Not drawn: the picture is damaged, or needs more than 512 MB of memory or 5 seconds.")


def read_pixels(sample: Sample) -> Pixels | None:
    """Decode a picture in a child process, which ``sample.stop`` kills; None if the child fails."""
    # -P keeps the current directory, which may be an untrusted clone, out of the import path
    command = [sys.executable, "-P", str(CHILD), str(_MOST_COLUMNS), str(2 * _MOST_ROWS)]
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    try:
        child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null, start_new_session=True)
    except OSError:
        return None
    with child, sample.stop.killing(child):
        output, _ = child.communicate(sample.data)
    if child.returncode or len(output) < 4:
        return None
    width, height = struct.unpack(">HH", output[:4])
    pixels = Pixels(width, height, output[4:])
    return pixels if len(pixels.data) == 3 * pixels.width * pixels.height > 0 else None


def _measure(sample: Sample) -> tuple[str, int, int] | None:
    """Return type, width and height in pixels; 0 by 0 if only the type is known."""
    data = sample.data
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR" and len(data) >= 24:
        return "PNG", *struct.unpack(">II", data[16:24])
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        return "GIF", *struct.unpack("<HH", data[6:10])
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG", *_jpeg_size(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP", *_webp_size(data)
    if data.startswith(b"BM") and len(data) >= 26 and (bitmap := _bmp_size(data)):
        return "BMP", *bitmap
    if data.startswith(b"\0\0\1\0") and len(data) >= 22 and 0 < data[4] < 64:
        return "ICO", data[6] or 256, data[7] or 256
    return _svg_size(sample)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Read the first start-of-frame segment (ITU T.81, B.2.2); fill bytes may precede any marker (B.1.1.2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        if data[at + 1] == 0xFF:
            at += 1
            continue
        if data[at + 1] in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return 0, 0


def _bmp_size(data: bytes) -> tuple[int, int] | None:
    length = int.from_bytes(data[14:18], "little")  # of the header: 12 is OS/2, the others are Windows
    if length == 12:
        return struct.unpack("<HH", data[18:22])
    if length not in {40, 52, 56, 64, 108, 124}:
        return None
    width, height = struct.unpack("<ii", data[18:26])
    return abs(width), abs(height)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Read one of the three layouts of RFC 9649: extended, lossless, lossy."""
    chunk = data[12:16]
    if chunk == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(data) >= 30:
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return 0, 0


def _svg_size(sample: Sample) -> tuple[str, int, int] | None:
    if sample.suffix != ".svg" or sample.decoded is None:
        return None
    tag = _SVG.search(sample.decoded[0][:20_000])
    if tag is None:
        return None
    found = [re.search(rf"""\b{side}\s*=\s*["']\s*(\d{{1,6}})""", tag[1]) for side in ("width", "height")]
    if found[0] and found[1]:
        return "SVG", int(found[0][1]), int(found[1][1])
    box = re.search(r"""\bviewBox\s*=\s*["'][\d.-]+[ ,]+[\d.-]+[ ,]+(\d{1,6})[\d.]*[ ,]+(\d{1,6})""", tag[1])
    return ("SVG", int(box[1]), int(box[2])) if box else ("SVG", 0, 0)


@lru_cache(maxsize=4)
def _draw(head: StyledLine, pixels: Pixels, width: int) -> tuple[StyledLine, ...]:
    """Draw two pixels per cell, one above the other, scaled down to fit but never up."""
    scale = max(pixels.width / max(1, width), pixels.height / (2 * _MOST_ROWS), 1.0)
    columns, rows = max(1, int(pixels.width / scale)), max(1, -(-int(pixels.height / scale) // 2))
    across = [min(pixels.width - 1, int((column + 0.5) * scale)) for column in range(columns)]
    lines = []
    for row in range(rows):
        upper, lower = (min(pixels.height - 1, int((2 * row + half + 0.5) * scale)) for half in (0, 1))
        styles = [Style(foreground=pixels.at(x, upper), background=pixels.at(x, lower)) for x in across]
        lines.append(StyledLine(_HALF * columns, tuple(TextSpan(at, at + 1, style) for at, style in enumerate(styles))))
    return (head, StyledLine(), *lines)
