"""Kind, dimensions and size of every common picture from its first bytes, written here as their makers write them.

What is drawn is made by Pillow in a child process, whose limits hostile pictures meet here.
"""

from __future__ import annotations

import io
import struct
import threading
from collections.abc import Callable
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from artifact_tui.preview import image, kinds
from artifact_tui.preview.line import Sample, Stop
from tests.examples import examples
from tests.slow_cases import slow_but

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
    "JPEG that is cut": ("a.jpg", b"\xff\xd8" + JFIF, "JPEG · 1.0 kB"),
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
        page = kinds.show(Sample(path, data, 1000))
        (head,) = page.lines
        assert head.text.startswith(said)
        assert head.text.endswith(" · 1.0 kB")
        assert page.draw is None


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from([data for _, data, _ in PICTURES.values()]), st.integers(0, 60), st.binary(max_size=8))
def test_a_damaged_picture_is_still_shown_as_something(data: bytes, at: int, noise: bytes) -> None:
    """Of these, more is said to be to come, so no child process is asked to draw them."""
    for damaged in (data[:at], data[:at] + noise + data[at + len(noise) :]):
        page = kinds.show(Sample("a.img", damaged, len(damaged) + 1))
        assert page.at(80) or len(damaged) < 4  # a character that is cut off is not shown


SQUARES = [[(250, 0, 0), (0, 250, 0)], [(0, 0, 250), (250, 250, 250)]]


def saved(picture: Image.Image, kind: str) -> bytes:
    with io.BytesIO() as file:
        picture.save(file, kind)
        return file.getvalue()


def squares(mode: str = "RGB") -> Image.Image:
    """Two by two squares of 16 pixels."""
    small = Image.new("RGB", (2, 2))
    small.putdata([color for row in SQUARES for color in row])
    return small.resize((32, 32), Image.Resampling.NEAREST).convert(mode)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_drawn_in_its_colors(kind: str) -> None:
    page = kinds.show(Sample("a", saved(squares(), kind)))
    lines = page.at(80)[2:]
    assert len(lines) == 16
    assert {line.text for line in lines} == {"▀" * 32}
    for row, upper in enumerate(SQUARES):
        for column, color in enumerate(upper):
            style = lines[8 * row + 4].runs[16 * column + 8].style
            for shown in (style.foreground, style.background):
                assert isinstance(shown, tuple)
                assert max(abs(one - other) for one, other in zip(shown, color, strict=True)) < 40


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_every_common_mode_of_a_png_is_drawn(mode: str) -> None:
    assert kinds.show(Sample("a", saved(squares("L" if mode == "I;16" else mode).convert(mode), "PNG"))).draw


def test_what_is_transparent_is_shown_on_black() -> None:
    pixels = image.read_pixels(Sample("a", saved(Image.new("RGBA", (1, 1), (200, 100, 50, 0)), "PNG")))
    assert pixels is not None
    assert pixels.at(0, 0) == (0, 0, 0)


def test_a_large_picture_is_scaled_to_the_width_of_the_screen() -> None:
    page = kinds.show(Sample("a", saved(Image.new("RGB", (2000, 1000), "red"), "PNG")))
    assert [len(line.text) for line in page.at(40)[2:]] == [40] * 10
    assert len(page.at(500)) <= 62


DAMAGED: dict[str, Callable[[], bytes]] = {
    "cut JPEG": lambda: saved(Image.effect_noise((64, 64), 50), "JPEG")[:-400],
    "cut": lambda: saved(squares(), "PNG")[:-40],
    "more pixels than are decoded": lambda: saved(Image.new("1", (20_000, 20_000)), "PNG"),
    "more memory than there may be": lambda: saved(Image.new("L", (13_000, 13_000)), "PNG").replace(
        b"\x08\x00\x00\x00\x00", b"\x08\x06\x00\x00\x00", 1
    ),
}
"""Made by the test that needs it: the large ones take seconds, which every process would spend while it collects."""


@pytest.mark.parametrize("name", slow_but(2, DAMAGED))
def test_a_picture_that_cannot_be_decoded_within_the_limits_says_so(name: str) -> None:
    page = kinds.show(Sample("a", DAMAGED[name]()))
    assert page.draw is None
    assert page.notes[0].startswith("Not drawn: ")
    assert " pixels · " in page.lines[0].text


def test_a_picture_of_which_a_part_was_read_is_not_drawn() -> None:
    data = saved(squares(), "PNG")
    page = kinds.show(Sample("a", data, len(data) + 1))
    assert (page.draw, page.notes) == (None, ())


def test_without_the_extra_a_picture_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "find_spec", lambda name: None if name == "PIL" else find_spec(name))
    page = kinds.show(Sample("a.png", saved(squares(), "PNG")))
    assert page.draw is None
    assert page.notes == ("Install artifact-tui[pictures] to see pictures.",)


def test_leaving_the_screen_kills_the_child_that_decodes() -> None:
    """Its stdin is larger than a pipe holds, so it is still reading when it is stopped, or was not started yet."""
    stop = Stop()
    sample = Sample("a", saved(squares(), "PNG") + bytes(20_000_000), stop=stop)
    found: list[image.Pixels | None] = []
    thread = threading.Thread(target=lambda: found.append(image.read_pixels(sample)))
    thread.start()
    stop.set()
    thread.join(30)
    assert found == [None]
