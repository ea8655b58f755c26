"""Kind, dimensions and size of every common picture from its first bytes, written here as their makers write them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.preview import kinds
from artifact_tui.preview.line import Sample

JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
FRAME = struct.pack(">HBHH", 17, 8, 480, 640) + b"\x03" + bytes(9)


def bmp(length: int, dimensions: bytes) -> bytes:
    return b"BM" + struct.pack("<IHHII", 1000, 0, 0, 14 + length, length) + dimensions + bytes(200)


def riff(chunk: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk + bytes(40)


PICTURES: dict[str, tuple[str, bytes, str]] = {
    "GIF 87a": ("a.gif", b"GIF87a" + struct.pack("<HH", 640, 480) + bytes(9), "GIF · 640 × 480 pixels"),
    "GIF 89a": ("a.gif", b"GIF89a" + struct.pack("<HH", 1, 65535) + bytes(9), "GIF · 1 × 65535 pixels"),
    "JPEG": ("a.jpg", b"\xff\xd8" + JFIF + b"\xff\xc0" + FRAME, "JPEG · 640 × 480 pixels"),
    "progressive JPEG": ("a.jpeg", b"\xff\xd8" + JFIF + b"\xff\xc2" + FRAME, "JPEG · 640 × 480 pixels"),
    "JPEG with tables and fill bytes": (
        "a.jpg",
        b"\xff\xd8" + JFIF + b"\xff\xdb\x00\x43" + bytes(65) + b"\xff\xff\xff\xc4\x00\x05abc" + b"\xff\xff\xc1" + FRAME,
        "JPEG · 640 × 480 pixels",
    ),
    "JPEG that is cut": ("a.jpg", b"\xff\xd8" + JFIF, "JPEG · 20 B"),
    "lossy WebP": (
        "a.webp",
        riff(b"VP8 " + struct.pack("<I", 99) + b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", 640, 480)),
        "WebP · 640 × 480 pixels",
    ),
    "lossless WebP": (
        "a.webp",
        riff(b"VP8L" + struct.pack("<I", 99) + b"\x2f" + struct.pack("<I", 639 | 479 << 14)),
        "WebP · 640 × 480 pixels",
    ),
    "extended WebP": (
        "a.webp",
        riff(b"VP8X" + struct.pack("<II", 10, 0x10) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")),
        "WebP · 640 × 480 pixels",
    ),
    "BMP": ("a.bmp", bmp(40, struct.pack("<ii", 640, 480)), "BMP · 640 × 480 pixels"),
    "BMP from the top down": ("a.bmp", bmp(40, struct.pack("<ii", 640, -480)), "BMP · 640 × 480 pixels"),
    "BMP of today": ("a.bmp", bmp(124, struct.pack("<ii", 640, 480)), "BMP · 640 × 480 pixels"),
    "BMP of OS/2": ("a.bmp", bmp(12, struct.pack("<HH", 640, 480)), "BMP · 640 × 480 pixels"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_told_by_its_kind_its_dimensions_and_its_size(name: str) -> None:
    """The bytes decide: a wrong or missing ending of the name changes nothing."""
    file, data, said = PICTURES[name]
    for path in (file, "no-ending", "wrong.txt"):
        page = kinds.show(Sample(path, data, len(data)))
        (head,) = page.lines
        assert head.text.startswith(said)
        assert head.text.endswith(f" · {len(data)} B")
        assert page.draw is None


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([data for _, data, _ in PICTURES.values()]), st.integers(0, 60), st.binary(max_size=8))
def test_a_damaged_picture_is_still_shown_as_something(data: bytes, at: int, noise: bytes) -> None:
    for damaged in (data[:at], data[:at] + noise + data[at + len(noise) :]):
        page = kinds.show(Sample("a.img", damaged, len(damaged)))
        assert page.at(80) or not damaged
